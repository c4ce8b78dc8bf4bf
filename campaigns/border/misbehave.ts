/** One of the list, as the random source says. */
export const pick = <T>(random: () => number, list: readonly T[]): T =>
  list[Math.floor(random() * list.length)]!;

/** How a method misbehaves with an odd value: it gives it, throws it, rejects with it, or has it inside its answer. */
export function misbehave(
  method: (...args: never[]) => unknown,
  odd: unknown,
  random: () => number,
  isSync = false,
) {
  // Nobody awaits what is no promise by its type.
  const way = Math.floor(random() * (isSync ? 2 : 4));
  return (...args: never[]): unknown => {
    if (way === 0) return odd;
    if (way === 1) throw odd;
    if (way === 2) return Promise.reject(odd);
    return Promise.resolve(method(...args)).then((answer) => inject(answer, odd, random));
  };
}

/** The answer with one of its fields, at some depth, replaced. */
export function inject(answer: unknown, odd: unknown, random: () => number): unknown {
  if (typeof answer !== 'object' || answer === null || ArrayBuffer.isView(answer)) return odd;
  const keys = Object.keys(answer);
  if (keys.length === 0) return Array.isArray(answer) ? [odd] : { ...answer, odd };
  const key = pick(random, keys);
  const inner = (answer as Record<string, unknown>)[key];
  const isDeeper = typeof inner === 'object' && inner !== null && random() < 0.6;
  const value = isDeeper ? inject(inner, odd, random) : odd;
  if (!Array.isArray(answer)) return { ...answer, [key]: value };
  return answer.map((item, at) => (at === Number(key) ? value : item));
}

type Method = (...args: never[]) => unknown;
export type Host = Record<string, Record<string, Method>>;

/** Puts a method that misbehaves in the place of one: `jobs.put`. */
export function replace(host: Host, place: string, odd: unknown, random: () => number): void {
  const [part, method] = place.split('.') as [string, string];
  const own = host[part]!;
  const former = own[method] ?? (() => undefined);
  host[part] = { ...own, [method]: misbehave(former, odd, random, method === 'jobsAtOnce') };
}
