import { baselines } from '../baselines/baselines.ts';
import type { Evaluation, SelectorResult } from '../evaluate/types.ts';
import { type ChartScale, createScale } from './chart-scale.ts';
import { describeEvaluation } from './describe.ts';
import { formatRecovery } from './format.ts';
import type { ReportOptions } from './render-markdown.ts';

const WIDTH = 780;
const PLOT = [170, 570] as const;
const TOP = 92;
const ROW = 34;

const INK = '#1f2937';
const QUIET = '#6b7280';
const GRID = '#e5e7eb';
const OURS = '#2563eb';
const BASELINE = '#9ca3af';
const CEILING = '#b45309';

/**
 * The results as an SVG chart: for each selector ρ as a dot, its 95 % interval as a bar, the worst split as a tick;
 * the best single flow at 0, and the second panel's ρ as a line. Rows far below 0 are shown by an arrow at the edge.
 */
export function renderChart(evaluation: Evaluation, { title }: ReportOptions): string {
  const rows = evaluation.selectors.filter(
    ({ selector }) => selector !== 'oracle' && selector !== 'second-panel',
  );
  const panel = evaluation.selectors.find(({ selector }) => selector === 'second-panel');
  const ceiling = panel?.rho?.mean ?? null;
  const scale = createScale(rows, ceiling, PLOT);
  const bottom = TOP + rows.length * ROW;
  const height = bottom + 68;
  const plain = new Set(baselines().map(({ name }) => name));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif" font-size="13" fill="${INK}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    text(24, 32, title, 'font-size="17" font-weight="600"'),
    text(24, 54, describeEvaluation(evaluation), `fill="${QUIET}"`),
    ...drawAxis(scale, bottom),
    ...(ceiling === null ? [] : drawCeiling(scale.x(ceiling), ceiling, bottom)),
    ...rows.flatMap((row, index) => {
      const colour = plain.has(row.selector) ? BASELINE : OURS;
      return drawRow(row, TOP + (index + 0.5) * ROW, scale, colour);
    }),
    text(
      (PLOT[0] + PLOT[1]) / 2,
      bottom + 42,
      'ρ: 0 is the best single flow, 1 the oracle',
      `fill="${QUIET}" text-anchor="middle"`,
    ),
    ...drawLegend(bottom + 42),
    '</svg>',
    '',
  ].join('\n');
}

function drawAxis(scale: ChartScale, bottom: number): string[] {
  return scale.ticks.flatMap((tick) => {
    const x = round(scale.x(tick));
    const isZero = Math.abs(tick) < 1e-9;
    const colour = isZero ? INK : GRID;
    return [
      `<path d="M${x} ${TOP}V${bottom}" stroke="${colour}" stroke-width="${isZero ? 1.5 : 1}"/>`,
      text(x, bottom + 18, (tick + 0).toFixed(1), `fill="${QUIET}" text-anchor="middle"`),
    ];
  });
}

function drawCeiling(x: number, value: number, bottom: number): string[] {
  return [
    `<path d="M${round(x)} ${TOP - 4}V${bottom}" stroke="${CEILING}" stroke-width="1.5" stroke-dasharray="5 4"/>`,
    text(
      round(x),
      TOP - 10,
      `second panel ${formatRecovery(value)}`,
      `fill="${CEILING}" text-anchor="middle" font-size="12"`,
    ),
  ];
}

function drawRow(
  { selector, rho, worstSplit }: SelectorResult,
  y: number,
  scale: ChartScale,
  colour: string,
): string[] {
  const name = text(PLOT[0] - 14, y + 4.5, selector, 'text-anchor="end"');
  if (rho === null) return [name];
  const interval = `[${formatRecovery(rho.low)}, ${formatRecovery(rho.high)}]`;
  const told = [
    text(PLOT[1] + 66, y + 4.5, formatRecovery(rho.mean), 'text-anchor="end" font-size="12"'),
    text(PLOT[1] + 76, y + 4.5, interval, `fill="${QUIET}" font-size="12"`),
  ];
  const [low, mean, high] = [rho.low, rho.mean, rho.high].map((one) => round(scale.x(one)));
  if (scale.isBelow(rho.mean)) {
    const arrow = `M${mean! + 12} ${y - 5}L${mean! + 3} ${y}L${mean! + 12} ${y + 5}`;
    return [name, ...told, `<path d="${arrow}" fill="none" stroke="${colour}" stroke-width="2"/>`];
  }
  const worst = worstSplit === null ? null : round(scale.x(worstSplit));
  return [
    name,
    ...told,
    ...(worst === null || worst === mean
      ? []
      : [`<path d="M${worst} ${y - 6}V${y + 6}" stroke="${colour}" stroke-width="1.5"/>`]),
    `<path d="M${low} ${y}H${high}" stroke="${colour}" stroke-opacity="0.35" stroke-width="8" stroke-linecap="round"/>`,
    `<circle cx="${mean}" cy="${y}" r="5" fill="${colour}" stroke="#ffffff" stroke-width="1.5"/>`,
  ];
}

/** The three marks, right of the axis. */
function drawLegend(y: number): string[] {
  const x = PLOT[1] + 36;
  const label = `fill="${QUIET}" font-size="11"`;
  return [
    `<path d="M${x + 2} ${y - 22}h26" stroke="${BASELINE}" stroke-opacity="0.35" stroke-width="8" stroke-linecap="round"/>`,
    `<circle cx="${x + 15}" cy="${y - 22}" r="5" fill="${BASELINE}" stroke="#ffffff" stroke-width="1.5"/>`,
    text(x + 40, y - 18, 'ρ, 95 % interval', label),
    `<path d="M${x + 15} ${y - 10}v12" stroke="${BASELINE}" stroke-width="1.5"/>`,
    text(x + 40, y, 'worst split', label),
  ];
}

function text(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${x}" y="${y}" ${attributes} xml:space="preserve">${escapeXml(content)}</text>`;
}

const round = (value: number) => Math.round(value * 10) / 10;

function escapeXml(value: string): string {
  const named: Record<string, string> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' };
  return value.replace(/[<>&"]/g, (char) => named[char]!);
}
