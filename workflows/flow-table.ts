import type { Flow } from 'comfygen';

const START = '<!-- flows -->';
const END = '<!-- /flows -->';
const HEAD = ['id', 'good for', 'tags', 'model files'];

function cellsOf(flow: Flow): string[] {
  const files = flow.models.map((model) => `\`${model.file}\``).join('<br>');
  const link = `[${flow.id}](${flow.id}/workflow.json)`;
  return [link, flow.description, flow.tags.join(', '), files];
}

/** A Markdown table with its columns padded, as the formatter leaves it. */
function tableOf(rows: string[][]): string {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = line(widths.map((width) => '-'.repeat(width)));
  return [line(HEAD), rule, ...rows.slice(1).map(line)].join('\n');
}

/** The README with its table of flows made anew. */
export function withFlowTable(readme: string, flows: readonly Flow[]): string {
  const [before, rest] = readme.split(START);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`no ${START} … ${END}`);
  const isEmoji = (flow: Flow) => flow.baseModel === 'emoji';
  const sections: [string, Flow[]][] = [
    ['For the embedded executor (the emoji world)', flows.filter(isEmoji)],
    ['For ComfyUI, with published models', flows.filter((flow) => !isEmoji(flow))],
  ];
  const tables = sections.map(
    ([title, some]) => `### ${title}: ${some.length}\n\n${tableOf([HEAD, ...some.map(cellsOf)])}`,
  );
  return `${before}${START}\n\n${tables.join('\n\n')}\n\n${END}${after}`;
}
