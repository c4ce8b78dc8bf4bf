import type { PromptLabels } from './label-prompt.ts';
import type { Candidate } from './rank-flows.ts';

const SHOWN = 3;

/** `fantasy ("dragon", "wizard") and nature ("forest")`. */
function seenText({ labels, traits }: PromptLabels, first: Candidate): string {
  const all = [
    ...traits.map(({ trait, words }) => ({ tag: trait, words })),
    ...labels.map(({ label, words }) => ({ tag: label, words })),
  ].filter(({ tag }) => tag !== 'single-object');
  // What the choice rests on comes first.
  const order = [
    ...all.filter(({ tag }) => first.tags.includes(tag)),
    ...all.filter(({ tag }) => !first.tags.includes(tag)),
  ].slice(0, SHOWN);
  return joined(
    order.map(({ tag, words }) => {
      const named = words
        .slice(0, SHOWN)
        .map((word) => `"${short(word.replace(/^["“]|["”]$/g, ''))}"`);
      return `${nameOf(tag)} (${named.join(', ')})`;
    }),
  );
}

/** `style:ink` is "ink style", `category:food` is "food". */
function nameOf(tag: string): string {
  if (tag.startsWith('style:')) return `${tag.slice(6)} style`;
  return tag.startsWith('category:') ? tag.slice(9) : tag;
}

const short = (text: string) => (text.length > 60 ? `${text.slice(0, 57)}…` : text);

const joined = (items: readonly string[]) =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;

/** Why the first was chosen: the words, the tags, the host's rules, the runner-up. */
export function explainChoice(
  ranked: readonly Candidate[],
  seen: PromptLabels,
  defaultId: string,
): string {
  const [first, second] = ranked as [Candidate, Candidate | undefined];
  const id = first.flow.id;
  const what = seenText(seen, first);
  const because = first.rules.map((rule) => rule.because);
  const prompt = what === '' ? 'No rule knows the words of this prompt' : `The prompt says ${what}`;
  const tags = first.tags.filter((tag) => tag !== 'single-object');
  const choice =
    because.length > 0
      ? `${id} is preferred because ${joined(because)}`
      : tags.length > 0
        ? `${id} is made for ${joined(tags.map(nameOf))}`
        : id === defaultId
          ? `${what === '' ? '' : 'no flow is made for that; '}${id} is the default`
          : `${id} fits best`;
  const next =
    second === undefined || first.score === 0
      ? ''
      : ` Runner-up: ${second.flow.id} (${second.score} against ${first.score}).`;
  return `${prompt}; ${choice}.${next}`;
}

/** Why a flow stands where it stands. */
export function explainFlow({ tags, rules, flow }: Candidate, defaultId: string): string {
  if (rules.length > 0) return joined(rules.map((rule) => rule.because));
  if (tags.length > 0) return `made for ${joined(tags.map(nameOf))}`;
  return flow.id === defaultId ? 'the default' : 'made for nothing that the prompt says';
}
