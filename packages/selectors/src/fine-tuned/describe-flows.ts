import type { Flow } from 'comfygen/plugin';
import { flowCard, plain } from '../language-model/flow-card.ts';
import { type OutputForm, writeAnswer } from './encoding.ts';

/** A model file that the fine-tuned model has not seen. */
export interface NewFile {
  /** The file's name, as graphs write it. */
  file: string;
  /** What it is good for, in a sentence. */
  description: string;
}

/**
 * Flows that the model was not trained on, a line each: id and card; where it writes workflows, their graph too.
 * Texts are flattened, so that none of them can pass for another line.
 */
export function describeFlows(flows: readonly Flow[], output: OutputForm): string[] {
  if (flows.length === 0) return [];
  const lines = flows.flatMap((flow) => [
    `flow ${flow.id}: ${flowCard(flow)}`,
    ...(output === 'workflow' ? writeAnswer(flow, output).split('\n') : []),
  ]);
  return ['New flows:', ...lines];
}

/** Model files that may stand in a workflow although the model was not trained on them. */
export function describeFiles(files: readonly NewFile[]): string[] {
  if (files.length === 0) return [];
  const lines = files.map(
    ({ file, description }) => `file ${JSON.stringify(file)}: ${plain(description)}`,
  );
  return ['New files:', ...lines];
}
