/** `count` different whole numbers below `limit`, in rising order; all of them where there are no more. */
export function drawIndices(limit: number, count: number, random: () => number): number[] {
  const all = Array.from({ length: limit }, (_, index) => index);
  for (let at = 0; at < Math.min(count, limit); at += 1) {
    const other = at + Math.floor(random() * (limit - at));
    [all[at], all[other]] = [all[other]!, all[at]!];
  }
  return all.slice(0, count).sort((a, b) => a - b);
}
