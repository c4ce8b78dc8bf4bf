// A reply that is meant to be one object has no use for more openings that lead nowhere.
const MOST_TRIES = 32;

/**
 * The first JSON object in a model's reply, also in a code fence or between other words; `undefined` where there is
 * none.
 */
export function readJson(text: string): unknown {
  let start = text.indexOf('{');
  for (let tries = 0; start >= 0 && tries < MOST_TRIES; tries += 1) {
    const object = parse(text.slice(start, endOf(text, start)));
    if (object !== undefined) return object;
    start = text.indexOf('{', start + 1);
  }
  return undefined;
}

/** Behind the brace that closes the one at `start`; braces in strings don't count. */
function endOf(text: string, start: number): number {
  let depth = 0;
  for (const { 0: sign, index } of text.slice(start).matchAll(/"(?:[^"\\]|\\.)*"|[{}]/gs)) {
    depth += sign === '{' ? 1 : sign === '}' ? -1 : 0;
    if (depth === 0) return start + index + 1;
  }
  return text.length;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
