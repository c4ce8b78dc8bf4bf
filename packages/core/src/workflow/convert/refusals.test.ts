import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { basics, type DrawnNode, draw, save, wires } from '../../../test/convert/canvas.ts';
import { editorCases } from '../../../test/convert/editor-cases.ts';
import { subgraphCases } from '../../../test/convert/subgraph-cases.ts';
import { widgetCases } from '../../../test/convert/widget-cases.ts';
import { textToImage } from '../../../test/graphs.ts';
import { ComfygenError } from '../../errors/comfygen-error.ts';
import type { NodeCatalogue } from '../../spec/index.ts';
import { coreCatalogue } from '../catalogue.ts';
import { convertWorkflow } from './convert-workflow.ts';

const LOOP = '3f2a1c84-0d5e-4b6f-9a7c-444444444444';

function refusal(ui: string | object, catalogue = coreCatalogue): ComfygenError {
  try {
    convertWorkflow(ui, catalogue);
  } catch (error) {
    if (ComfygenError.is(error)) return error;
    throw error;
  }
  return expect.fail('expected an error');
}
const withNode = (...nodes: DrawnNode[]) => save({ nodes: basics(nodes), wires: wires() });

describe('what is refused', () => {
  it.each([
    ['no JSON', '{', 'INVALID_WORKFLOW', /not JSON/],
    ['a list', [], 'INVALID_WORKFLOW', /"nodes" and "links"; this is a list/],
    ['an empty object', {}, 'INVALID_WORKFLOW', /without "nodes"/],
    ['API format', textToImage(), 'UNSUPPORTED_FORMAT', /API format already/],
    [
      'a body of POST /prompt',
      { prompt: textToImage() },
      'UNSUPPORTED_FORMAT',
      /API format already/,
    ],
    ['no nodes', { nodes: [], links: [] }, 'INVALID_WORKFLOW', /Nothing in the file runs/],
    [
      'a node without an id',
      { nodes: [{ type: 'Note' }] },
      'INVALID_WORKFLOW',
      /has the id undefined/,
    ],
    ['a node without a type', { nodes: [{ id: 1 }] }, 'INVALID_WORKFLOW', /Node 1 has no type/],
    [
      'two nodes of one id',
      {
        nodes: [
          { id: 1, type: 'Note' },
          { id: '1', type: 'Note' },
        ],
      },
      'INVALID_WORKFLOW',
      /Two nodes have the id 1/,
    ],
    [
      'an old group node',
      withNode(draw(20, 'workflow>My Group')),
      'UNSUPPORTED_FORMAT',
      /Node 20 .*"My Group"/,
    ],
    [
      'an older group node',
      withNode(draw(20, 'workflow/My Group')),
      'UNSUPPORTED_FORMAT',
      /"My Group"/,
    ],
    [
      'a subgraph that is not there',
      withNode(draw(20, LOOP)),
      'INVALID_WORKFLOW',
      /Node 20 .*does not define/,
    ],
  ])('%s', (_name, ui, code, message) => {
    const error = refusal(ui);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  it('classes that the catalogue lacks, all of them by name, where they would run', () => {
    const image = { inputs: ['in:IMAGE'] };
    const error = refusal(
      save({
        nodes: basics([
          draw(20, 'Mystery', image),
          draw(21, 'constructor', image),
          draw(22, 'Mystery', image),
          draw(23, 'Off', { mode: 2 }),
        ]),
        wires: wires([], ['8.0 > 20.in', '8.0 > 21.in', '8.0 > 22.in']),
      }),
    );
    expect(error.code).toBe('MISSING_NODE');
    expect(error.message).toContain('Mystery (node 20, 22); constructor (node 21)');
    expect(error.details).toMatchObject({ classes: ['Mystery', 'constructor'] });
  });

  it('reroutes in a circle, nodes in a circle, subgraphs that contain themselves', () => {
    const reroute = (id: number) => draw(id, 'Reroute', { inputs: [':*'], outputs: [':*'] });
    const round = save({
      nodes: basics([reroute(20), reroute(21)]),
      wires: wires(['3.model'], ['20.0 > 21.', '21.0 > 20.', '21.0 > 3.model']),
    });
    expect(refusal(round).message).toMatch(/lead to node 3 run in a circle/);
    const nodes = save({
      nodes: basics([draw(20, 'LatentUpscaleBy', { values: ['area', 2], outputs: ['LATENT'] })]),
      wires: wires([], ['20.0 > 20.samples']),
    });
    expect(refusal(nodes).message).toMatch(/run in a circle/);
    const loop = { id: LOOP, name: 'Loop', nodes: [draw(1, LOOP)], wires: [] };
    const error = refusal(save({ nodes: [draw(20, LOOP)], wires: [], subgraphs: [loop] }));
    expect(error.message).toContain('Node 20:1: the subgraph "Loop" contains itself');
  });

  it('subgraphs that grow without measure', () => {
    const id = (level: number) => `3f2a1c84-0d5e-4b6f-9a7c-${String(level).padStart(12, '0')}`;
    const subgraphs = Array.from({ length: 40 }, (_, level) => ({
      id: id(level),
      nodes: level === 39 ? [draw(1, 'Note')] : [draw(1, id(level + 1)), draw(2, id(level + 1))],
      wires: [],
    }));
    expect(refusal(save({ nodes: [draw(1, id(0))], wires: [], subgraphs })).message).toMatch(
      /50000/,
    );
  });

  it('a number that has lost its exact value; the file’s text keeps it', () => {
    const seed = (value: unknown) =>
      withNode(
        draw(3, 'KSampler', {
          inputs: [
            'model:MODEL',
            'positive:CONDITIONING',
            'negative:CONDITIONING',
            'latent_image:LATENT',
          ],
          values: [value, 'fixed', 20, 7, 'euler', 'normal', 1],
          outputs: ['LATENT'],
        }),
      );
    expect(refusal(seed(2 ** 63)).message).toMatch(/Node 3.seed .*lost its exact value/);
    const text = JSON.stringify(seed('SEED')).replace('"SEED"', '18446744073709551615');
    const { workflow } = convertWorkflow(text, coreCatalogue);
    expect(workflow['3']!.inputs['seed']).toBe(18446744073709551615n);
  });
});

const key = fc.constantFrom(
  'id',
  'type',
  'mode',
  'inputs',
  'outputs',
  'widgets_values',
  'properties',
  'links',
  'nodes',
  'link',
  'name',
  'widget',
  'definitions',
  'proxyWidgets',
  'origin_id',
  'origin_slot',
  'target_id',
  '__proto__',
);
const junk = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(
    -10,
    -20,
    3,
    4,
    '3',
    'KSampler',
    'Reroute',
    'GetNode',
    'PrimitiveNode',
    LOOP,
    2,
    4,
  ),
  fc.constantFrom(
    { toString: 1 },
    [{ toString: 1 }],
    Number.NaN,
    2 ** 70,
    5n,
    undefined,
    Symbol('x'),
  ),
);

/** A file with some of its places, at any depth, replaced by anything at all. */
const mutated = fc
  .tuple(
    fc.constantFrom(
      ...[...widgetCases, ...editorCases, ...subgraphCases].map(({ drawing }) => drawing),
    ),
    fc.constantFrom(0.4 as const, 1 as const),
    fc.array(fc.tuple(fc.array(fc.nat(40), { minLength: 1, maxLength: 7 }), key, junk), {
      maxLength: 4,
    }),
  )
  .map(([drawing, version, changes]) => {
    const file = structuredClone(save(drawing, version));
    for (const [path, name, value] of changes) spoil(file, path, name, value);
    return file;
  });

function spoil(file: object, path: readonly number[], name: string, value: unknown): void {
  let at: Record<string, unknown> = file as Record<string, unknown>;
  for (const step of path) {
    const inner = Object.values(at).filter((one) => typeof one === 'object' && one !== null);
    if (inner.length === 0) break;
    at = inner[step % inner.length] as Record<string, unknown>;
  }
  const names = Object.keys(at);
  const place = Array.isArray(at) && names.length > 0 ? names[path[0]! % names.length]! : name;
  const copy = typeof value === 'symbol' ? value : structuredClone(value);
  // As JSON.parse does: a key of the name __proto__ is one like any other.
  const own = { value: copy, enumerable: true, writable: true, configurable: true };
  Object.defineProperty(at, place, own);
}

const oddSpec = fc.oneof(
  fc.jsonValue(),
  fc.tuple(
    fc.constantFrom('INT', 'COMBO', 'COMFY_DYNAMICCOMBO_V3', 'COMFY_AUTOGROW_V3', 'CURVE', ['a']),
    fc.oneof(
      fc.jsonValue(),
      fc.record({ options: fc.jsonValue(), default: fc.jsonValue(), min: fc.jsonValue() }),
    ),
  ),
);
const oddCatalogue = fc.dictionary(
  fc.constantFrom(
    'KSampler',
    'SaveImage',
    'VAEDecode',
    'CLIPTextEncode',
    'CheckpointLoaderSimple',
    'EmptyLatentImage',
  ),
  fc.oneof(
    fc.jsonValue(),
    fc.record({
      input: fc.record({
        required: fc.dictionary(
          fc.constantFrom('images', 'seed', 'samples', 'text', '__proto__'),
          oddSpec,
        ),
      }),
      input_order: fc.jsonValue(),
      output: fc.jsonValue(),
      python_module: fc.oneof(fc.constant('custom_nodes.x'), fc.jsonValue()),
    }),
  ),
);

describe('whatever comes in', () => {
  it('is converted or refused', () => {
    let converted = 0;
    fc.assert(
      fc.property(
        fc.oneof({ weight: 8, arbitrary: mutated }, fc.json(), fc.jsonValue()),
        fc.oneof({ weight: 3, arbitrary: fc.constant(coreCatalogue) }, oddCatalogue),
        (ui, catalogue) => {
          try {
            const { warnings } = convertWorkflow(ui as object, catalogue as NodeCatalogue);
            converted += 1;
            for (const { message } of warnings) expect(message).toMatch(/^Nodes? .*\.$/s);
          } catch (error) {
            if (!ComfygenError.is(error)) throw error;
          }
        },
      ),
      { numRuns: 3000 },
    );
    expect(converted).toBeGreaterThan(300);
  });
});
