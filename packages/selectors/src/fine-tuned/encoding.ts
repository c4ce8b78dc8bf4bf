import type { Flow } from 'comfygen/plugin';
import { compactWorkflow } from './notation/compact-workflow.ts';

/** What the model answers: the id of a flow, or a workflow in the compact notation. */
export type OutputForm = 'flow-id' | 'workflow';

/** How questions and answers are written. Give the same values when making training lines and to `fineTuned`. */
export interface Encoding {
  /** What the model answers with. Default `flow-id`. */
  output?: OutputForm | undefined;
  /** The step that scores are rounded to in questions. Default 0.01. */
  scoreStep?: number | undefined;
  /** The system message. Default: two sentences that state the question and the form of the answer. */
  system?: string | undefined;
}

/** An encoding with all defaults filled in. */
export type FullEncoding = { [Key in keyof Encoding]-?: Exclude<Encoding[Key], undefined> };

const SYSTEM: Record<OutputForm, string> = {
  'flow-id':
    'You get a score and an image prompt. Answer with the flow whose picture of this prompt gets this score, as {"flow":"<id>"} and nothing else.',
  workflow:
    'You get a score and an image prompt. Write the ComfyUI workflow whose picture of this prompt gets this score, one node a line, and nothing else; to take a flow that is described, answer {"flow":"<id>"}.',
};

/** The encoding with defaults for what is left out. */
export function fullEncoding({
  output = 'flow-id',
  scoreStep = 0.01,
  system,
}: Encoding): FullEncoding {
  return { output, scoreStep, system: system ?? SYSTEM[output] };
}

/**
 * What the user's turn says. The prompt is quoted and comes last, so that no text in it can pass for a score or a
 * flow; `context` describes flows and files that the model was not trained on.
 */
export function writeQuestion(
  prompt: string,
  score: number,
  { scoreStep }: Pick<FullEncoding, 'scoreStep'>,
  context: readonly string[] = [],
): string {
  const lines = [`score ${formatScore(score, scoreStep)}`, `prompt ${JSON.stringify(prompt)}`];
  return [...context, ...lines].join('\n');
}

/** The answer that the model is trained to give for a flow. */
export function writeAnswer(
  flow: Pick<Flow, 'id' | 'workflow' | 'slots'>,
  output: OutputForm,
): string {
  if (output === 'flow-id') return JSON.stringify({ flow: flow.id });
  return compactWorkflow(flow.workflow, { slots: flow.slots, meta: false });
}

/** A score rounded to a multiple of `step`, with as many digits as the step has: `0.73`, `65`. */
export function formatScore(score: number, step: number): string {
  const rounded = Math.round(score / step) * step;
  return (rounded || 0).toFixed(digitsOf(step));
}

function digitsOf(step: number): number {
  let digits = 0;
  while (digits < 10 && Math.abs(step * 10 ** digits - Math.round(step * 10 ** digits)) > 1e-9) {
    digits += 1;
  }
  return digits;
}
