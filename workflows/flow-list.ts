import type { Flow } from 'comfygen';

const START = '<!-- flows -->';
const END = '<!-- /flows -->';
const WIDTH = 118;

/** One flow as an item of a list: what it is good for, its tags, and the model files that it needs. */
function itemOf(flow: Flow): string {
  const files = flow.models.map((model) => `\`${model.file}\``).join(', ');
  const facts = [`Tags: ${flow.tags.join(', ')}.`, files && `Files: ${files}.`].filter(Boolean);
  const link = `[${flow.id}](${flow.id}/workflow.json)`;
  return wrap(`- ${link}: ${flow.description} ${facts.join(' ')}`, '  ');
}

/** Lines of at most `WIDTH` characters, broken at blanks; all but the first begin with `indent`. */
function wrap(text: string, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = indent + word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}

/** The README with its list of flows made anew. */
export function withFlowList(readme: string, flows: readonly Flow[]): string {
  const [before, rest] = readme.split(START);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`no ${START} … ${END}`);
  const isEmoji = (flow: Flow) => flow.baseModel === 'emoji';
  const sections: [string, Flow[]][] = [
    ['For the embedded executor (the emoji world)', flows.filter(isEmoji)],
    ['For ComfyUI, with published models', flows.filter((flow) => !isEmoji(flow))],
  ];
  const lists = sections.map(
    ([title, some]) => `### ${title}: ${some.length}\n\n${some.map(itemOf).join('\n')}`,
  );
  return `${before}${START}\n\n${lists.join('\n\n')}\n\n${END}${after}`;
}
