import type { Flow } from 'comfygen/plugin';

const LONGEST = 140;

/**
 * What a flow is, in a line: what it is good for, its tags, what it is built of. Texts of its author are flattened
 * and cut, so that a long or many-lined one can't pass for something else of the page.
 */
export function flowCard({ description, title, tags, baseModel, components }: Flow): string {
  const about = plain(description || title);
  const facts = [
    baseModel,
    ...names([...components.checkpoints, ...components.diffusionModels]),
    ...components.loras.map(({ file, strengthModel }) => `${nameOf(file)} LoRA ${strengthModel}`),
    ...names(components.upscalers),
    ...components.samplers.slice(0, 2).map(samplerText),
  ].filter((fact) => fact !== null && fact !== '');
  return [about, tags.join(', '), facts.join(', ')]
    .map((part) => plain(part))
    .filter((part) => part !== '')
    .join(' | ');
}

function samplerText({ sampler, steps, cfg }: Flow['components']['samplers'][number]): string {
  const parts = [sampler, steps && `${steps} steps`, cfg && `cfg ${cfg}`];
  return parts.filter(Boolean).join(' ');
}

const names = (files: readonly string[]) => [...new Set(files.map(nameOf))];

/** `models/juggernautXL_v9.safetensors` is `juggernautXL_v9`. */
const nameOf = (file: string) =>
  file.replace(/^.*[/\\]/, '').replace(/\.(safetensors|ckpt|pth?|bin|gguf)$/i, '');

/** One line without control characters, of a bounded length. */
export function plain(text: string, longest = LONGEST): string {
  const line = text.replaceAll(/[\p{C}\p{Z}\s]+/gu, ' ').trim();
  return line.length <= longest ? line : `${[...line].slice(0, longest - 1).join('')}…`;
}
