import type { Workflow } from '../../packages/core/src/plugin.ts';
import { coreNodes } from '../../packages/embedded/src/nodes/index.ts';

type Random = () => number;
type Value = Workflow[string]['inputs'][string];

/** What LoadImage may be told to load. */
const FILES = ['plain.png', 'bomb.png', 'lying.png', 'cut.png', 'gone.png'];

const MODELS: Record<string, string[]> = {
  checkpoints: [
    'emoji-world-noto.safetensors',
    'emoji-world-turbo.safetensors',
    'emoji-food.safetensors',
  ],
  loras: ['neon.safetensors', 'pixel-art.safetensors'],
  vae: ['emoji-vae.safetensors', 'emoji-vae-deblock.safetensors'],
  upscale_models: ['emoji-upscale-2x.pth', 'emoji-upscale-4x.pth'],
  input: FILES,
};
const WORDS =
  'a red blue fox apple car castle cat pizza at night beach and with ((neon)) (sun:1.4) qwertz'.split(
    ' ',
  );
const SIDES = [64, 128, 256, 512, 512, 1024, 2048];

const pick = <T>(random: Random, from: readonly T[]): T =>
  from[Math.floor(random() * from.length)] as T;

/** A graph whose links fit by type; its numbers are usual ones for the most part, and the largest there are now and then. */
export function randomGraph(random: Random): Workflow {
  const graph: Workflow = {};
  const byType = new Map<string, [string, number][]>();
  const makers = coreNodes.filter(({ outputNode }) => !outputNode);
  const add = (classType: string, depth: number): string => {
    const definition = coreNodes.find((node) => node.classType === classType)!;
    const inputs: Record<string, Value> = {};
    for (const [name, [type, options = {}]] of Object.entries(definition.inputs.required)) {
      const isLink = typeof type === 'string' && !/^(INT|FLOAT|STRING|BOOLEAN|COMBO)$/.test(type);
      inputs[name] = isLink
        ? source(type, depth)
        : literal(random, name, typeof type === 'string' ? type : [...type], options);
    }
    const id = String(Object.keys(graph).length + 1);
    graph[id] = { class_type: classType, inputs };
    definition.outputs.forEach((type, slot) => {
      byType.set(type, [...(byType.get(type) ?? []), [id, slot]]);
    });
    return id;
  };
  const source = (type: string, depth: number): [string, number] => {
    const known = byType.get(type);
    if (known && (depth > 6 || random() < 0.75)) {
      // The last one most often, so that chains grow.
      return random() < 0.6 ? known.at(-1)! : pick(random, known);
    }
    const simple = { IMAGE: 'EmptyImage', LATENT: 'EmptyLatentImage' }[type];
    const able = makers
      .filter(({ outputs }) => outputs.includes(type))
      .map((node) => node.classType);
    const classType =
      depth > 2 && simple
        ? simple
        : pick(
            random,
            able
              .filter((name) => depth < 3 || isRoot(name))
              .concat(depth < 3 ? [] : able.slice(0, 1)),
          );
    const id = add(classType, depth + 1);
    return [id, coreNodes.find((node) => node.classType === classType)!.outputs.indexOf(type)];
  };
  const isRoot = (name: string) =>
    /Loader|Empty|RandomNoise|Select|Scheduler|TextEncode/.test(name);
  add('CheckpointLoaderSimple', 0);
  const wanted = 3 + Math.floor(random() * 24);
  while (Object.keys(graph).length < wanted) {
    const { classType } = pick(random, makers);
    // Runs of one class: what doubles doubles again.
    const times = random() < 0.15 ? 12 : 1;
    for (let i = 0; i < times; i += 1) add(classType, 0);
  }
  for (let i = 0; i < 1 + Math.floor(random() * 3); i += 1) add('SaveImage', 0);
  return graph;
}

function literal(
  random: Random,
  name: string,
  type: string | string[],
  options: { default?: unknown; min?: number; max?: number; folder?: string; seed?: boolean },
): Value {
  if (options.folder) return pick(random, MODELS[options.folder] ?? ['x']);
  if (Array.isArray(type)) return pick(random, type);
  if (type === 'BOOLEAN') return random() < 0.5;
  if (type === 'STRING') {
    if (name === 'filename_prefix') return 'comfygen';
    const words = Array.from({ length: random() < 0.03 ? 20_000 : 6 }, () => pick(random, WORDS));
    return words.join(' ');
  }
  if (options.seed) return Math.floor(random() * 1000);
  if (random() < 0.03) return options.max ?? 1;
  if (/^(width|height)$/.test(name) && type === 'INT') return pick(random, SIDES);
  if (name === 'steps') return 1 + Math.floor(random() * 8);
  if (/batch_size|amount/.test(name)) return 1 + Math.floor(random() * 3);
  if (name === 'scale_by') return pick(random, [0.5, 1, 1.5, 2, 4]);
  if (/^(x|y|feather)$/.test(name))
    return type === 'INT' ? pick(random, [0, 64, 128]) : random() / 2;
  if (type === 'INT') return Number(options.default ?? 1);
  return Math.max(options.min ?? 0, Math.min(options.max ?? 1, random() * 2));
}
