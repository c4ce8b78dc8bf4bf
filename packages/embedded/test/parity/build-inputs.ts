import { runAtOnce } from 'comfygen/plugin';
import type { DiffusionModel, ImageBatch, Tensor, Vae } from '../../src/model/types.ts';
import { type Condition, coreNodes, type Mask, type NodeContext } from '../../src/nodes/index.ts';
import type { ConditionSpec, Spec } from './read-fixture.ts';

const EMBEDDING_WIDTH = 4;

/** Runs a node of the public registry on values. */
export async function runNode(
  classType: string,
  inputs: Record<string, unknown>,
  context: Partial<NodeContext> = {},
): Promise<readonly unknown[]> {
  const definition = coreNodes.find((node) => node.classType === classType);
  if (definition === undefined) throw new Error(`No node ${classType}.`);
  const bare = {
    nodeId: '1',
    classType,
    signal: new AbortController().signal,
    step: async () => {},
    warn: () => {},
    checkPixels: () => {},
    checkSteps: () => {},
    checkConditions: () => {},
    checkBytes: () => {},
    ...context,
  };
  return runAtOnce(await definition.run(inputs, bare as NodeContext));
}

/** The value that a case means, made by the fixture's formulas and our own nodes. */
async function buildValue(spec: Spec): Promise<unknown> {
  if (typeof spec !== 'object') return spec;
  if ('image' in spec) return waveImage(spec.image, spec.phase);
  if ('mask' in spec) return waveMask(spec.mask, spec.phase);
  if ('vae' in spec) return cellMeans;
  if ('latent' in spec) return { samples: waveLatent(spec) };
  if ('conditions' in spec) return buildConditions(spec.conditions);
  if ('model' in spec) return { diffusion: analyticModel, vae: undefined };
  const [value] = await runNode(spec.node, await buildInputs(spec.args));
  return value;
}

/** All inputs of a case. */
export async function buildInputs(args: { [name: string]: Spec }) {
  const entries = Object.entries(args).map(async ([name, spec]) => [name, await buildValue(spec)]);
  return Object.fromEntries(await Promise.all(entries)) as Record<string, unknown>;
}

/** An image `[n, height, width]` of the fixture's formula. */
export function waveImage([count, height, width]: number[], phase: number): ImageBatch {
  const [n = 0, h = 0, w = 0] = [count, height, width];
  const data = Float32Array.from(wave(n * h * w * 3, phase), (value) => 0.5 + 0.5 * value);
  return { count: n, height: h, width: w, data };
}

function waveMask([count = 0, height = 0, width = 0]: number[], phase: number): Mask {
  const values = wave(count * height * width, phase);
  return { count, height, width, data: Float32Array.from(values, (value) => 0.5 + 0.5 * value) };
}

function waveLatent(spec: { latent: number[]; phase?: number; zero?: boolean }): Tensor {
  const size = spec.latent.reduce((product, side) => product * side, 1);
  const values = spec.zero ? new Array<number>(size).fill(0) : wave(size, spec.phase ?? 0);
  return { shape: spec.latent, data: Float32Array.from(values) };
}

function wave(length: number, phase: number): number[] {
  return Array.from({ length }, (_, i) => Math.sin(phase + 1.7 * i));
}

async function buildConditions(specs: ConditionSpec[]): Promise<Condition[]> {
  let all: unknown;
  for (const spec of specs) {
    const next = await buildCondition(spec);
    const inputs = { conditioning_1: all, conditioning_2: next };
    all = all === undefined ? next : (await runNode('ConditioningCombine', inputs))[0];
  }
  return all as Condition[];
}

async function buildCondition({ tokens, phase, then = [] }: ConditionSpec): Promise<unknown> {
  const embedding = wave(tokens * EMBEDDING_WIDTH, phase);
  let conditioning: unknown = [
    {
      embedding: { shape: [1, tokens, EMBEDDING_WIDTH], data: Float32Array.from(embedding) },
      pooled: {
        shape: [1, EMBEDDING_WIDTH],
        data: Float32Array.from(wave(EMBEDDING_WIDTH, phase + 0.5)),
      },
    },
  ];
  for (const { node, args } of then) {
    [conditioning] = await runNode(node, { conditioning, ...args });
  }
  return conditioning;
}

/** The fixture's codec: whole cells from the middle, each as its mean colour. */
const cellMeans: Vae = {
  latentChannels: 3,
  encode({ count, height, width, data }) {
    const [h, w] = [Math.floor(height / 8), Math.floor(width / 8)];
    const [top, left] = [Math.floor((height % 8) / 2), Math.floor((width % 8) / 2)];
    const out = new Float32Array(count * 3 * h * w).map((_, cell) => {
      const [x, y] = [cell % w, Math.floor(cell / w) % h];
      const [c, n] = [Math.floor(cell / (w * h)) % 3, Math.floor(cell / (w * h * 3))];
      let sum = 0;
      for (let i = 0; i < 64; i++) {
        const row = n * height + top + y * 8 + (i >> 3);
        sum += data[(row * width + left + x * 8 + (i & 7)) * 3 + c] as number;
      }
      return sum / 64;
    });
    return { shape: [count, 3, h, w], data: out };
  },
  decode: () => ({ count: 0, height: 0, width: 0, data: new Float32Array(0) }),
  preview: () => ({ width: 0, height: 0, rgb: new Uint8Array(0) }),
};

/** The fixture's model: it sees the mean token, and the place within what it is given. */
const analyticModel: DiffusionModel = {
  name: 'analytic',
  latentChannels: 2,
  denoise({ shape, data }, sigma, embedding) {
    const [, channels = 0, height = 0, width = 0] = shape;
    const out = data.map((value, i) => {
      const [column, row] = [i % width, Math.floor(i / width) % height];
      const channel = Math.floor(i / (width * height)) % channels;
      const target = meanToken(embedding, channel) + 0.25 * Math.sin(row + 2 * column);
      return (value + sigma ** 2 * target) / (1 + sigma ** 2);
    });
    return { shape, data: out };
  },
  withLora: () => analyticModel,
};

function meanToken({ shape, data }: Tensor, channel: number): number {
  const [, tokens = 0, width = 0] = shape;
  let sum = 0;
  for (let t = 0; t < tokens; t++) sum += data[t * width + channel] as number;
  return sum / tokens;
}
