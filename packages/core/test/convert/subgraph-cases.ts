import { graphNode, textToImage } from '../graphs.ts';
import { basics, type DrawnNode, type DrawnSubgraph, draw, wires } from './canvas.ts';
import { type ConvertCase, changed } from './cases.ts';

const base = textToImage();
const SAMPLE = '3f2a1c84-0d5e-4b6f-9a7c-111111111111';
const ENCODE = '3f2a1c84-0d5e-4b6f-9a7c-222222222222';

const clipEncode = (id: number, text: string, more: Parameters<typeof draw>[2] = {}) =>
  draw(id, 'CLIPTextEncode', { values: [text], outputs: ['CONDITIONING'], ...more });

/** A text encoder and its widget, as a subgraph of the newer kind: the text is an input of it. */
const encode: DrawnSubgraph = {
  id: ENCODE,
  name: 'Encode',
  inputs: ['clip:CLIP', 'text:STRING'],
  outputs: ['CONDITIONING'],
  nodes: [clipEncode(1, 'inside', { inputs: ['clip:CLIP', 'text!:STRING'] })],
  wires: ['in.0 > 1.clip', 'in.1 > 1.text!', '1.0 > out.0'],
};

/** The sampler with its decoder; seed and steps lead to widgets, between sockets. */
const sample: DrawnSubgraph = {
  id: SAMPLE,
  name: 'Sample',
  inputs: [
    ...['model:MODEL', 'seed:INT', 'positive:CONDITIONING', 'steps:INT'],
    ...['negative:CONDITIONING', 'latent:LATENT', 'vae:VAE'],
  ],
  outputs: ['IMAGE'],
  nodes: [
    draw(3, 'KSampler', {
      values: [5, 'randomize', 20, 7.5, 'euler', 'normal', 1],
      outputs: ['LATENT'],
    }),
    draw(8, 'VAEDecode', { outputs: ['IMAGE'] }),
  ],
  wires: [
    ...['in.0 > 3.model', 'in.1 > 3.seed!', 'in.2 > 3.positive', 'in.3 > 3.steps!'],
    ...['in.4 > 3.negative', 'in.5 > 3.latent_image', 'in.6 > 8.vae'],
    ...['3.0 > 8.samples', '8.0 > out.0'],
  ],
};
const instance = (more: Parameters<typeof draw>[2] = {}) =>
  draw(20, SAMPLE, { inputs: sample.inputs!, outputs: ['IMAGE'], ...more });
const around = (nodes: DrawnNode[]) => basics(nodes).filter(({ id }) => id !== 3 && id !== 8);
const aroundWires = (more: readonly string[] = []) => [
  ...['4.1 > 6.clip', '4.1 > 7.clip', '4.0 > 20.model', '6.0 > 20.positive', '7.0 > 20.negative'],
  ...['5.0 > 20.latent', '4.2 > 20.vae', '20.0 > 9.images', ...more],
];

/** The usual graph with sampler and decoder inside instance 20. */
function inside(values: object = {}, more: Parameters<typeof changed>[1] = {}) {
  const kept = changed({ 9: { images: ['20:8', 0] } }, more, ['3', '8']);
  return {
    ...kept,
    '20:3': graphNode('KSampler', { ...base['3']!.inputs, ...values }),
    '20:8': graphNode('VAEDecode', { samples: ['20:3', 0], vae: ['4', 2] }),
  };
}

const texts = (first: string, second: string) =>
  changed(
    { 3: { positive: ['6:1', 0], negative: ['7:1', 0] } },
    {
      '6:1': graphNode('CLIPTextEncode', { text: first, clip: ['4', 1] }),
      '7:1': graphNode('CLIPTextEncode', { text: second, clip: ['4', 1] }),
    },
    ['6', '7'],
  );
const encoders = (first: Parameters<typeof draw>[2], second: Parameters<typeof draw>[2]) => [
  draw(6, ENCODE, { inputs: ['clip:CLIP', 'text!:STRING'], outputs: ['CONDITIONING'], ...first }),
  draw(7, ENCODE, { inputs: ['clip:CLIP', 'text!:STRING'], outputs: ['CONDITIONING'], ...second }),
];

/** A subgraph that holds an instance of `encode`, and hands its text and clip on. */
const OUTER = '3f2a1c84-0d5e-4b6f-9a7c-333333333333';
const outer = (values: unknown, properties = {}): DrawnSubgraph => ({
  id: OUTER,
  name: 'Outer',
  inputs: ['text:STRING', 'clip:CLIP'],
  outputs: ['CONDITIONING'],
  nodes: [
    draw(13, ENCODE, {
      inputs: ['clip:CLIP', 'text!:STRING'],
      outputs: ['CONDITIONING'],
      values,
      properties,
    }),
  ],
  wires: ['in.0 > 13.text!', 'in.1 > 13.clip', '13.0 > out.0'],
});
const nested = (text: string) =>
  changed(
    { 3: { positive: ['57:13:1', 0] } },
    {
      '57:13:1': graphNode('CLIPTextEncode', { text, clip: ['4', 1] }),
    },
    ['6'],
  );
const outerNode = (more: Parameters<typeof draw>[2] = {}) =>
  draw(57, OUTER, { inputs: ['text!:STRING', 'clip:CLIP'], outputs: ['CONDITIONING'], ...more });
const nestedDrawing = (subgraphs: DrawnSubgraph[], node: DrawnNode) => ({
  nodes: basics([node]).filter(({ id }) => id !== 6),
  wires: wires(['3.positive', '6.clip'], ['4.1 > 57.clip', '57.0 > 3.positive']),
  subgraphs,
});

/** Subgraphs, and the values that their instances show. */
export const subgraphCases: ConvertCase[] = [
  {
    name: 'a subgraph is opened up, ids by the instance',
    drawing: { nodes: around([instance()]), wires: aroundWires(), subgraphs: [sample] },
    expected: inside(),
  },
  {
    name: 'an instance’s values go to the inputs that lead to widgets',
    drawing: {
      nodes: around([instance({ values: [99, 12] })]),
      wires: aroundWires(),
      subgraphs: [sample],
    },
    expected: inside({ seed: 99, steps: 12 }),
  },
  {
    name: 'a hole in an instance’s values leaves the one inside',
    drawing: {
      nodes: around([instance({ values: [null, 12] })]),
      wires: aroundWires(),
      subgraphs: [sample],
    },
    expected: inside({ steps: 12 }),
  },
  {
    name: 'an instance’s values by name',
    drawing: {
      nodes: around([instance({ values: { steps: 12, seed: 98 } })]),
      wires: aroundWires(),
      subgraphs: [sample],
    },
    expected: inside({ seed: 98, steps: 12 }),
  },
  {
    name: 'a link from outside goes before an instance’s value',
    drawing: {
      nodes: around([
        instance({ values: [99, 12] }),
        draw(30, 'PrimitiveInt', { values: [7, 'fixed'], outputs: ['INT'] }),
        draw(31, 'PrimitiveNode', { values: [33, 'fixed'], outputs: ['INT'] }),
      ]),
      wires: aroundWires(['30.0 > 20.seed!', '31.0 > 20.steps!']),
      subgraphs: [sample],
    },
    expected: inside(
      { seed: ['30', 0], steps: 33 },
      { 30: graphNode('PrimitiveInt', { value: 7 }) },
    ),
  },
  {
    name: 'where what is linked from outside is muted, the instance’s value stays',
    drawing: {
      nodes: around([
        instance({ values: [99, 12] }),
        draw(30, 'PrimitiveInt', { mode: 2, values: [7, 'fixed'], outputs: ['INT'] }),
      ]),
      wires: aroundWires(['30.0 > 20.seed!']),
      subgraphs: [sample],
    },
    expected: inside({ seed: 99, steps: 12 }),
    warnings: ['node-muted'],
  },
  {
    name: 'an older instance shows the widgets inside, which keep the values',
    drawing: {
      nodes: around([
        instance({
          values: [],
          properties: {
            proxyWidgets: [
              ['3', 'seed'],
              ['3', 'cfg'],
            ],
          },
        }),
      ]),
      wires: aroundWires(),
      subgraphs: [sample],
    },
    expected: inside(),
  },
  {
    name: 'an older instance’s values follow the list of what it shows',
    drawing: {
      nodes: around([
        instance({
          values: [3.5, 11, null, 'heun', 44],
          properties: {
            proxyWidgets: JSON.stringify([
              ['3', 'cfg'],
              ['-1', 'steps'],
              ['8', '$$canvas-image-preview'],
              ['3', 'sampler_name'],
              ['3', 'seed'],
            ]),
          },
        }),
      ]),
      wires: aroundWires(),
      subgraphs: [sample],
    },
    expected: inside({ seed: 44, steps: 11, cfg: 3.5, sampler_name: 'heun' }),
  },
  {
    name: 'previews in that list may have no place',
    drawing: {
      nodes: around([
        instance({
          values: [3.5, 44],
          properties: {
            proxyWidgets: [
              ['3', 'cfg'],
              ['8', '$$preview'],
              ['3', 'seed'],
            ],
          },
        }),
      ]),
      wires: aroundWires(),
      subgraphs: [sample],
    },
    expected: inside({ seed: 44, cfg: 3.5 }),
  },
  {
    name: 'two instances of one subgraph',
    drawing: {
      nodes: basics(encoders({ values: ['a house'] }, { values: [null] })),
      wires: wires(),
      subgraphs: [encode],
    },
    expected: texts('a house', 'inside'),
  },
  {
    name: 'the inputs of an instance stand in another order than the subgraph’s',
    drawing: {
      nodes: basics([
        draw(6, ENCODE, {
          inputs: ['text!:STRING', 'clip:CLIP'],
          outputs: ['CONDITIONING'],
          values: ['a'],
        }),
        draw(7, ENCODE, { inputs: ['clip:CLIP'], outputs: ['CONDITIONING'], values: ['b'] }),
      ]),
      wires: wires(),
      subgraphs: [encode],
    },
    expected: texts('a', 'b'),
  },
  {
    name: 'a subgraph in a subgraph: the outermost value counts',
    drawing: nestedDrawing([outer(['middle']), encode], outerNode({ values: ['outside'] })),
    expected: nested('outside'),
  },
  {
    name: 'a subgraph in a subgraph: the value of the middle counts next',
    drawing: nestedDrawing([outer(['middle']), encode], outerNode({ values: [null] })),
    expected: nested('middle'),
  },
  {
    name: 'a subgraph in a subgraph: the innermost value counts last',
    drawing: nestedDrawing([outer([]), encode], outerNode()),
    expected: nested('inside'),
  },
  {
    name: 'a definition inside a definition, older kind of values through both',
    drawing: nestedDrawing(
      [
        {
          ...outer([], { proxyWidgets: [['1', 'text']] }),
          wires: ['in.1 > 13.clip', '13.0 > out.0'],
          subgraphs: [encode],
        },
      ],
      outerNode({ values: ['older'], properties: { proxyWidgets: [['13', 'text', '1']] } }),
    ),
    expected: nested('older'),
  },
  {
    name: 'a muted instance stays closed',
    drawing: {
      nodes: basics([
        draw(30, ENCODE, { mode: 2, inputs: ['clip:CLIP'], outputs: ['CONDITIONING'] }),
      ]),
      wires: wires([], ['4.1 > 30.clip']),
      subgraphs: [encode],
    },
    expected: base,
    warnings: ['node-muted'],
  },
  {
    name: 'a bypassed instance passes on by type',
    drawing: {
      nodes: basics([
        draw(30, SAMPLE, { mode: 4, inputs: ['vae:VAE', 'picture:IMAGE'], outputs: ['IMAGE'] }),
      ]),
      wires: wires(['9.images'], ['4.2 > 30.vae', '8.0 > 30.picture', '30.0 > 9.images']),
      subgraphs: [sample],
    },
    expected: base,
    warnings: ['node-bypassed'],
  },
  {
    name: 'a subgraph that hands an input through, with a bypassed node and a reroute inside',
    drawing: {
      nodes: basics([
        draw(30, OUTER, { inputs: ['a:LATENT', 'b:MODEL'], outputs: ['LATENT', 'MODEL'] }),
      ]),
      wires: wires(
        ['3.latent_image', '3.model'],
        ['5.0 > 30.a', '4.0 > 30.b', '30.0 > 3.latent_image', '30.1 > 3.model'],
      ),
      subgraphs: [
        {
          id: OUTER,
          inputs: ['a:LATENT', 'b:MODEL'],
          outputs: ['LATENT', 'MODEL'],
          nodes: [
            draw(1, 'RepeatLatentBatch', {
              mode: 4,
              values: [2],
              inputs: ['samples:LATENT'],
              outputs: ['LATENT'],
            }),
            draw(2, 'Reroute', { inputs: [':*'], outputs: [':LATENT'] }),
          ],
          wires: ['in.0 > 1.samples', '1.0 > 2.', '2.0 > out.0', 'in.1 > out.1'],
        },
      ],
    },
    expected: base,
    warnings: ['node-bypassed'],
  },
  {
    name: 'Get inside a subgraph finds the Set outside',
    drawing: {
      nodes: basics([
        draw(10, 'SetNode', { values: ['clip'], inputs: ['CLIP:CLIP'], outputs: ['*'] }),
        draw(6, ENCODE, { outputs: ['CONDITIONING'] }),
      ]),
      wires: wires(['6.clip'], ['4.1 > 10.CLIP']),
      subgraphs: [
        {
          id: ENCODE,
          outputs: ['CONDITIONING'],
          nodes: [
            clipEncode(1, 'inside'),
            draw(2, 'GetNode', { values: ['clip'], outputs: ['CLIP'] }),
          ],
          wires: ['2.0 > 1.clip', '1.0 > out.0'],
        },
      ],
    },
    expected: changed(
      { 3: { positive: ['6:1', 0] } },
      {
        '6:1': graphNode('CLIPTextEncode', { text: 'inside', clip: ['4', 1] }),
      },
      ['6'],
    ),
  },
  {
    name: 'a primitive inside a subgraph, a muted node inside',
    drawing: {
      nodes: basics([draw(6, ENCODE, { inputs: ['clip:CLIP'], outputs: ['CONDITIONING'] })]),
      wires: wires(),
      subgraphs: [
        {
          id: ENCODE,
          inputs: ['clip:CLIP'],
          outputs: ['CONDITIONING'],
          nodes: [
            clipEncode(1, 'stale'),
            draw(2, 'PrimitiveNode', { values: ['fresh'], outputs: ['STRING'] }),
            draw(3, 'PreviewAny', { mode: 2 }),
          ],
          wires: ['in.0 > 1.clip', '2.0 > 1.text!', '1.0 > out.0', '1.0 > 3.source'],
        },
      ],
    },
    expected: changed(
      { 3: { positive: ['6:1', 0] } },
      {
        '6:1': graphNode('CLIPTextEncode', { text: 'fresh', clip: ['4', 1] }),
      },
      ['6'],
    ),
    warnings: ['node-muted'],
  },
];
