import { createRandom } from '../../util/random.ts';

/** Whether the editor would change a text before it sends it. */
export function isDynamicPrompt(text: string): boolean {
  return /\{|\/\/|\/\*|\\[{}|]/.test(text);
}

/**
 * The text without comments, each `{a|b|c}` replaced by one of its options, from the outside in. `\{`, `\}`
 * and `\|` are plain characters. `random` gives numbers from 0 to below 1.
 */
export function choosePrompt(text: string, random: () => number): string {
  const plain = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
  const open: { start: number; bars: number[] }[] = [];
  const blocks = new Map<number, { end: number; bars: number[] }>();
  for (let index = 0; index < plain.length; index += 1) {
    const character = plain[index];
    if (character === '\\') index += 1;
    else if (character === '{') open.push({ start: index, bars: [] });
    else if (character === '|') open.at(-1)?.bars.push(index);
    else if (character === '}') {
      const block = open.pop();
      if (block !== undefined) blocks.set(block.start, { end: index, bars: block.bars });
    }
  }
  return pick(plain, blocks, random).replace(/\\([{}|])/g, '$1');
}

/** Walks over the text once; what lies in options that were not chosen is jumped over. */
function pick(
  text: string,
  blocks: ReadonlyMap<number, { end: number; bars: number[] }>,
  random: () => number,
): string {
  const jumps = new Map<number, number>();
  let result = '';
  for (let index = 0; index < text.length; index += 1) {
    const block = blocks.get(index);
    const jump = jumps.get(index);
    if (block !== undefined) {
      const edges = [index, ...block.bars, block.end];
      const chosen = Math.floor(random() * (edges.length - 1));
      jumps.set(edges[chosen + 1]!, block.end);
      index = edges[chosen]!;
    } else if (jump !== undefined) {
      index = jump;
    } else {
      result += text[index];
    }
  }
  return result;
}

/** Numbers from 0 to below 1 that depend on nothing but the key. */
export function keyedRandom(key: string): () => number {
  let state = 2166136261;
  for (const character of key) {
    state = Math.imul(state ^ character.codePointAt(0)!, 16777619);
  }
  return createRandom(state);
}
