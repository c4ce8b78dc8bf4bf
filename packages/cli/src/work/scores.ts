import { buildScoreTable } from '@comfygen/lab';
import { labelPrompt } from '@comfygen/selectors/rules';
import { readScoreSource } from '../input/read-scores.ts';
import type { CommonOptions } from '../options/common-options.ts';
import { writeDocument } from '../output/write-file.ts';
import { renderWarnings } from '../render/messages.ts';
import { plural } from '../render/text.ts';
import type { Run } from '../terminal/io.ts';

/** Options of `scores`. */
export interface ScoresOptions extends CommonOptions {
  records?: string;
  out?: string;
  force?: boolean;
  label?: boolean;
}

/** `scores`: a score table as JSON, and on stderr what it holds. */
export async function makeScores(
  files: string | undefined,
  { records, out, force, label }: ScoresOptions,
  { io, signal }: Run,
): Promise<number> {
  const { matrix, scorer, warnings } = await readScoreSource(files, records, io);
  const hasLabels = matrix.prompts.some(({ labels }) => labels.length > 0);
  const byWords = label !== false && !hasLabels;
  const table = buildScoreTable(matrix, {
    scorer,
    ...(byWords && {
      labels: ({ text }) => labelPrompt(text).labels.map((one) => one.label),
    }),
  });
  await writeDocument(table, { out, force: force === true, io, signal });
  const { dim } = io.errColors;
  const kind = byWords ? 'labels by the words of the prompts' : 'labels of the data';
  const held = `${plural(table.flows.length, 'flow')}, ${plural(table.prompts, 'prompt')}, ${plural(table.labels.length, 'label')}`;
  io.err(`${dim(`score table: ${held} (${kind})`)}\n`);
  io.err(renderWarnings(warnings, io.errColors, io.columns));
  return 0;
}
