import type { Flow } from 'comfygen';

const START = '<!-- flows -->';
const END = '<!-- /flows -->';

function row(flow: Flow): string {
  const files = flow.models.map((model) => `\`${model.file}\``).join('<br>');
  return `| [${flow.id}](${flow.id}/workflow.json) | ${flow.description} | ${flow.tags.join(', ')} | ${files} |`;
}

/** The README with its table of flows made anew. */
export function withFlowTable(readme: string, flows: readonly Flow[]): string {
  const [before, rest] = readme.split(START);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`no ${START} … ${END}`);
  const sections = [
    [
      'For the embedded executor (the emoji world)',
      flows.filter((flow) => flow.baseModel === 'emoji'),
    ],
    ['For ComfyUI, with published models', flows.filter((flow) => flow.baseModel !== 'emoji')],
  ] as const;
  const tables = sections.map(([title, some]) =>
    [
      `### ${title}: ${some.length}`,
      '',
      '| id | good for | tags | model files |',
      '| --- | --- | --- | --- |',
      ...some.map(row),
    ].join('\n'),
  );
  return `${before}${START}\n\n${tables.join('\n\n')}\n\n${END}${after}`;
}
