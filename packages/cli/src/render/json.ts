import type { Selection } from 'comfygen';
import { stringifyJson } from 'comfygen/http';

/** What `--json` prints, by the name of its shape: docs/cli-json.md says what each holds. */
export type JsonShape =
  | 'generate'
  | 'plan'
  | 'select'
  | 'flows'
  | 'flow'
  | 'flows-check'
  | 'workflow-check'
  | 'workflow-slots'
  | 'workflow-diff'
  | 'models'
  | 'models-missing'
  | 'jobs'
  | 'job'
  | 'resume'
  | 'doctor'
  | 'bench-selectors'
  | 'error';

/** A command's answer as JSON: `schema` first, `comfygen/flows@1`; the number grows where a field changes or goes. */
export const renderDocument = (shape: JsonShape, value: object): string =>
  renderJson({ schema: `comfygen/${shape}@1`, ...value });

/** JSON for stdout, indented; a `bigint` (a seed above 2^53) is written with all its digits. */
export function renderJson(value: unknown): string {
  return `${stringifyJson(value, 2)}\n`;
}

/** A selection for `--json`: of a graph that the selector wrote only that there is one; warnings stand once, outside. */
export function selectionJson({ ranked, warnings: _, ...rest }: Selection) {
  return {
    ...rest,
    ranked: ranked.map(({ workflow, slots: _slots, ...one }) => ({
      ...one,
      ownWorkflow: workflow !== undefined,
    })),
  };
}
