import { ComfygenError } from '../errors/comfygen-error.ts';
import type { PartRef } from '../spec/index.ts';

/** Where a setting may come from. */
export interface SettingSource {
  part: PartRef;
  /** The option's name, for the error. */
  option: string;
  /** What the host gave; an empty text counts as nothing. */
  value: string | undefined;
  /** The vendor's own environment variable. */
  env: string;
}

/**
 * The option, else the environment variable, read now: call it when the setting is first used, never at
 * import. Runs where there is no `process`. @throws MISSING_SETTING naming the option and the variable.
 */
export function loadSetting({ part, option, value, env }: SettingSource): string {
  const found = value?.trim() || environment()[env]?.trim();
  if (found) return found;
  throw new ComfygenError(
    'MISSING_SETTING',
    `${part.role} ${part.name} needs ${option}: give the option, or set the environment variable ${env}.`,
    {
      part,
      details: { option, env },
    },
  );
}

function environment(): Record<string, string | undefined> {
  return (
    (globalThis as { process?: { env?: Record<string, string | undefined> } }).process?.env ?? {}
  );
}
