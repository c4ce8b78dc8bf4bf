import { ComfygenError, type Flow, type ScoreMatrix } from 'comfygen/plugin';
import { describeFlows } from './describe-flows.ts';
import { type Encoding, fullEncoding, writeAnswer, writeQuestion } from './encoding.ts';
import { PART } from './options.ts';

/** Options of `trainingLines`. Those of `Encoding` must be given to `fineTuned` unchanged. */
export interface TrainingOptions extends Encoding {
  /** The scored prompts and flows to make lines from. */
  matrix: ScoreMatrix;
  /** The flows that the matrix names; other flows here are ignored. */
  flows: readonly Flow[];
  /**
   * The share of lines, 0 to 1, that describe the flow of their answer and two others as new flows, so that the model
   * learns to read descriptions. Which lines is a fixed pattern. Default 0.
   */
  described?: number | undefined;
}

/**
 * A line for each score of the matrix, good and bad: the prompt and the score it got, answered by the flow that got
 * it, as JSON of the chat format that OpenAI's fine-tuning, axolotl, unsloth and TRL read:
 * `{"messages":[{"role":"system",…},{"role":"user",…},{"role":"assistant",…}]}`. Missing cells are left out; equal
 * options give equal lines. Lines come without their line break, prompt by prompt.
 *
 * @throws INVALID_OPTIONS where a flow of the matrix is not given, before the first line.
 */
export function trainingLines(options: TrainingOptions): Iterable<string> {
  const byId = new Map(options.flows.map((flow) => [flow.id, flow]));
  const absent = options.matrix.flows.filter((id) => !byId.has(id));
  if (absent.length > 0) {
    const message = `The matrix scores flows that were not given: ${absent.slice(0, 10).join(', ')}. Give them, or take their columns out.`;
    throw new ComfygenError('INVALID_OPTIONS', message, { part: PART, details: { flows: absent } });
  }
  return writeLines(
    options,
    options.matrix.flows.map((id) => byId.get(id)!),
  );
}

const GOLDEN = (Math.sqrt(5) - 1) / 2;

function* writeLines(options: TrainingOptions, flows: readonly Flow[]): Generator<string> {
  const { matrix, described = 0 } = options;
  const encoding = fullEncoding(options);
  const answers = flows.map((flow) => writeAnswer(flow, encoding.output));
  let index = 0;
  for (const [row, { text }] of matrix.prompts.entries()) {
    for (const [column, score] of matrix.scores[row]!.entries()) {
      if (score === null) continue;
      // Turned by the golden ratio, the share falls evenly on every flow, whatever their number.
      index += 1;
      const shown = (index * GOLDEN) % 1 < described ? neighbours(flows, column, row) : [];
      const context = describeFlows(shown, encoding.output);
      yield JSON.stringify({
        messages: [
          { role: 'system', content: encoding.system },
          { role: 'user', content: writeQuestion(text, score, encoding, context) },
          { role: 'assistant', content: answers[column] },
        ],
      });
    }
  }
}

/** A flow and the next two of the matrix, in an order that turns from prompt to prompt: the place tells nothing. */
function neighbours(flows: readonly Flow[], column: number, row: number): Flow[] {
  const some = [...new Set([0, 1, 2].map((step) => flows[(column + step) % flows.length]!))];
  const turn = row % some.length;
  return [...some.slice(turn), ...some.slice(0, turn)];
}
