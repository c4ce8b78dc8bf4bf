import type { ComfyGen } from 'comfygen';
import type { Colors, Io } from '../terminal/io.ts';
import { formatMs, pad, plain, plural, truncate } from './text.ts';

/** What a progress view shows at one moment. */
export interface ProgressState {
  /** What happens: `KSampler`, `choosing a workflow`. */
  activity: string;
  /** The part that is done, 0 to 1; absent where it is not known. */
  fraction?: number | undefined;
  step?: number | undefined;
  steps?: number | undefined;
}

/** Shows how far a run is. Nothing is left of a moving line once it is cleared. */
export interface ProgressView {
  update(state: ProgressState): void;
  /** A line that stays, above the moving one. */
  note(text: string): void;
  clear(): void;
}

const BAR_WIDTH = 20;
const CLEAR_LINE = '\r\u001b[2K';

/** A bar of a fixed width, whole cells only. */
function renderBar(fraction: number, colors: Colors): string {
  const filled = Math.round(Math.min(1, Math.max(0, fraction)) * BAR_WIDTH);
  return colors.cyan('━'.repeat(filled)) + colors.dim('─'.repeat(BAR_WIDTH - filled));
}

/** The moving line: bar, percent, activity, step, time. */
export function renderProgress(
  state: ProgressState,
  elapsedMs: number,
  colors: Colors,
  columns: number,
): string {
  const { fraction, step, steps } = state;
  const bar = fraction === undefined ? '' : `${renderBar(fraction, colors)} `;
  const percent = fraction === undefined ? '' : `${pad(`${Math.floor(fraction * 100)} %`, 5)}  `;
  const at = step !== undefined && steps !== undefined && steps > 1 ? ` ${step}/${steps}` : '';
  const used = (fraction === undefined ? 0 : BAR_WIDTH + 1) + percent.length;
  const text = truncate(
    `${plain(state.activity)}${at}  ${formatMs(elapsedMs)}`,
    Math.max(8, columns - used - 1),
  );
  return `${bar}${percent}${text}`;
}

/** A moving line on a terminal, plain lines elsewhere, nothing where `quiet`. */
export function createProgressView(io: Io, quiet: boolean): ProgressView {
  if (quiet) return { update() {}, note() {}, clear() {} };
  const started = performance.now();
  return io.errIsTty ? movingLine(io, started) : plainLines(io);
}

function movingLine(io: Io, started: number): ProgressView {
  let last: ProgressState | undefined;
  const draw = () => {
    if (last === undefined) return;
    const line = renderProgress(last, performance.now() - started, io.errColors, io.columns);
    io.err(`${CLEAR_LINE}${line}`);
  };
  return {
    update(state) {
      last = state;
      draw();
    },
    note(text) {
      io.err(`${last === undefined ? '' : CLEAR_LINE}${text}\n`);
      draw();
    },
    clear() {
      if (last !== undefined) io.err(CLEAR_LINE);
      last = undefined;
    },
  };
}

/** A log file wants a line a stage, not a line a step. */
function plainLines(io: Io): ProgressView {
  let stage = '';
  return {
    update({ activity, fraction }) {
      if (activity === stage) return;
      stage = activity;
      const percent = fraction === undefined ? '' : ` (${Math.floor(fraction * 100)} %)`;
      io.err(`${plain(activity)}${percent}\n`);
    },
    note: (text) => io.err(`${text}\n`),
    clear() {},
  };
}

/** What comes after a try that failed. */
const NEXT = {
  again: 'trying again',
  flow: 'trying the next flow',
  executor: 'trying the next executor',
};

/** Shows a run's events as they come. */
export function followRun({ events }: Pick<ComfyGen, 'events'>, view: ProgressView): void {
  events.on('run-start', () => view.update({ activity: 'choosing a workflow' }));
  events.on('execute-start', ({ flowId, executor }) => {
    view.update({ activity: `${flowId} on ${executor}`, fraction: 0 });
  });
  const waited = new Set<string>();
  events.on('execute-queued', ({ planId, executor, ahead, waitedMs }) => {
    waited.add(planId);
    const what = ahead === 0 ? 'next in its queue' : `${plural(ahead, 'job')} ahead`;
    const since = waitedMs >= 1_000 ? ` for ${formatMs(waitedMs)}` : '';
    view.update({ activity: `waiting on ${executor}${since}: ${what}` });
  });
  events.on('execute-running', ({ planId, executor, waitedMs }) => {
    if (!waited.has(planId)) return;
    const activity = `running on ${executor}, after a wait of ${formatMs(waitedMs)}`;
    view.update({ activity, fraction: 0 });
  });
  events.on('execute-progress', ({ fraction, classType, node, step, steps }) => {
    view.update({ activity: classType ?? node ?? 'running', fraction, step, steps });
  });
  events.on('execute-retry', ({ attempt, next }) => {
    const why = (attempt.error?.message ?? 'failed').replace(/\.$/, '');
    view.note(plain(`${attempt.flowId}: ${why}; ${NEXT[next]}`));
  });
  events.on('candidate-end', ({ candidate: { flowId, outcome, reason } }) => {
    if (outcome !== 'succeeded') view.note(plain(`${flowId} ${outcome}: ${reason}`));
  });
  events.on('execute-end', ({ attempt }) => {
    if (attempt.outcome === 'succeeded') view.update({ activity: 'scoring', fraction: 1 });
  });
}
