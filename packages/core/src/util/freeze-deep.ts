import { letOthersRun } from './let-others-run.ts';

/** Objects that are frozen at once. */
const PIECE = 20_000;

/**
 * Freezes plain data, whatever is in it too, and gives it back: it can then be handed to everybody without a copy.
 * What is frozen already is taken as frozen to the bottom. Large data is frozen in pieces, between which others run.
 *
 * @throws the signal's reason where it is aborted between two pieces
 */
export async function freezeDeep<T>(data: T, signal: AbortSignal): Promise<T> {
  // A stack of its own: data may be nested deeper than the engine's stack is.
  const open: unknown[] = [data];
  for (let count = 1; open.length > 0; count += 1) {
    const one = open.pop();
    if (count % PIECE === 0) await letOthersRun(signal);
    if (typeof one !== 'object' || one === null || Object.isFrozen(one)) continue;
    Object.freeze(one);
    for (const value of Object.values(one)) open.push(value);
  }
  return data;
}
