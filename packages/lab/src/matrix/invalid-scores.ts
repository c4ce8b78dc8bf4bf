import { ComfygenError } from 'comfygen/plugin';

const SHOWN = 3;

/** An INVALID_SCORES error that begins with where the scores came from and tells the first problems. */
export function invalidScores(
  name: string,
  problems: readonly string[],
  details: Record<string, unknown> = {},
): ComfygenError {
  const more = problems.length > SHOWN ? `; and ${problems.length - SHOWN} more` : '';
  const message = `${name}: ${problems.slice(0, SHOWN).join('; ')}${more}.`;
  return new ComfygenError('INVALID_SCORES', message, {
    details: { name, problems: problems.slice(0, 20), ...details },
  });
}
