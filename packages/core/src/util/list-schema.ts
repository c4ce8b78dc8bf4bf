import { z } from 'zod';

/** A list whose length is looked at before its items: one of 2^32 holes costs nothing to make, and minutes to read. */
export function list<T extends z.ZodType>(item: T, most = 100_000, error?: string) {
  return z
    .custom<unknown[]>((value) => Array.isArray(value) && value.length <= most, {
      // Written when it is needed: that starts what knows the languages.
      error: () => error ?? `must be a list of at most ${most.toLocaleString('en')}`,
    })
    .pipe(z.array(item));
}
