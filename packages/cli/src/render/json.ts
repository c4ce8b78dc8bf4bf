import type { Selection, Warning } from 'comfygen';
import { stringifyJson } from 'comfygen/http';
import { warningLevel } from 'comfygen/plugin';

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

/**
 * A command's answer as JSON: `schema` first, `comfygen/flows@1`; the number grows where a field changes or goes. Each
 * warning has its level, also those that no run gave.
 */
export function renderDocument<T extends object>(
  shape: JsonShape,
  value: T & { warnings?: readonly Warning[] | undefined },
): string {
  const warnings = value.warnings?.map((one) => ({ ...one, level: levelOf(one) }));
  return renderJson({ schema: `comfygen/${shape}@1`, ...value, ...(warnings && { warnings }) });
}

/** A warning's own level, else that of its code; what has no code is said to the one who asked. */
export const levelOf = ({ code, level }: Partial<Pick<Warning, 'code' | 'level'>>) =>
  level ?? (code === undefined ? 'asked-not-given' : warningLevel(code));

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
