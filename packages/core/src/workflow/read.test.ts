import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyGraph, textToImage } from '../../test/graphs.ts';
import { ComfygenError } from '../errors/comfygen-error.ts';
import { parseGraph, parseWorkflow } from './read.ts';
import { stringifyWorkflow } from './write.ts';

const withSeed = (digits: string) =>
  `{"1":{"class_type":"KSampler","inputs":{"seed":${digits},"model":"none"}}}`;

function refusal(input: string | object) {
  try {
    parseWorkflow(input);
  } catch (error) {
    if (ComfygenError.is(error)) return error;
    throw error;
  }
  throw new Error('It was accepted.');
}

describe('parseWorkflow', () => {
  it('reads text, objects, a file with a byte order mark, and the body of POST /prompt', () => {
    const graph = textToImage();
    const text = JSON.stringify(graph);
    for (const input of [text, graph, `\uFEFF${text}`, { prompt: graph, client_id: 'x' }]) {
      expect(parseWorkflow(input)).toEqual(graph);
    }
    expect(parseWorkflow(graph)['3']).not.toBe(graph['3']);
  });

  it('keeps titles and leaves other keys of a node out', () => {
    const node = { class_type: 'A', inputs: {}, _meta: { title: 'T' }, is_changed: ['x'] };
    expect(parseWorkflow({ '1': node })).toEqual({
      '1': { class_type: 'A', inputs: {}, _meta: { title: 'T' } },
    });
  });

  it.each([
    ['cut off', '{"1": {', 'The workflow is not JSON: '],
    ['empty', '', 'The workflow is not JSON: '],
    ['a list', '[]', 'A workflow is an object of nodes, not a list.'],
    ['null', 'null', 'not null'],
    ['no nodes', '{}', 'The workflow has no nodes.'],
    ['a node that is none', '{"1": 5}', 'Node 1 is 5, not a node.'],
    ['no class', '{"1": {"inputs": {}}}', 'Node 1 has no class_type.'],
    ['no inputs', '{"1": {"class_type": "A"}}', 'Node 1 (A) has no inputs object.'],
    ['a list of inputs', '{"1": {"class_type": "A", "inputs": []}}', 'no inputs object'],
    ['a poisoned name', '{"__proto__": {"class_type": "A", "inputs": {}}}', '"__proto__"'],
    [
      'a seed above 2^64 − 1',
      withSeed('18446744073709551616'),
      'Node 1.seed is 18446744073709551616',
    ],
    ['a seed of 30 digits', withSeed('9'.repeat(30)), 'the largest seed is 18446744073709551615'],
    ['an endless number', withSeed('1e999'), 'Node 1.seed is not a finite number.'],
  ])('refuses %s', (_what, text, message) => {
    const error = refusal(text);
    expect(error.code).toBe('INVALID_WORKFLOW');
    expect(error.message).toContain(message);
  });

  it('names UI format and says what to do', () => {
    const error = refusal('{"nodes": [], "links": [], "version": 0.4}');
    expect(error.code).toBe('UNSUPPORTED_FORMAT');
    expect(error.message).toMatch(/UI format.*Export \(API\)/);
  });

  it('refuses links to nowhere, with the place', () => {
    const graph = textToImage({ '8': { class_type: 'VAEDecode', inputs: { samples: ['99', 0] } } });
    const error = refusal(graph);
    expect(error.message).toBe(
      'Node 8 (VAEDecode).samples is linked to node 99, which does not exist.',
    );
    expect(error.details).toMatchObject({ nodeId: '8', input: 'samples' });
  });

  it('refuses links that name no node or no output, and takes a pair of numbers for a literal', () => {
    const graph = (pair: unknown) =>
      textToImage({ '8': { class_type: 'A', inputs: { x: pair as never } } });
    for (const pair of [
      [null, 0],
      ['3', null],
      [null, null],
    ])
      expect(refusal(graph(pair)).message).toMatch(
        /^Node 8 \(A\)\.x: its link \[.*null.*\] leads nowhere\.$/,
      );
    expect(parseWorkflow(graph([64, 64]))['8']!.inputs).toEqual({ x: [64, 64] });
  });

  it('refuses circles, of one node too', () => {
    const link = (from: string) => ({ class_type: 'A', inputs: { in: [from, 0] } });
    expect(refusal({ '1': link('1') }).message).toContain('nodes 1 run in a circle');
    expect(refusal({ '1': link('2'), '2': link('3'), '3': link('2') }).message).toBe(
      'The links of nodes 2, 3 run in a circle.',
    );
  });

  it.each([Number.NaN, undefined, Symbol('x'), () => 1, 2 ** 53, 2 ** 64])(
    'refuses the value %s in an object, which can not be exact JSON',
    (value) => {
      const error = refusal({ '1': { class_type: 'A', inputs: { seed: value } } });
      expect(error.details).toMatchObject({ nodeId: '1', input: 'seed' });
    },
  );

  it('reads every seed exactly, as a bigint only where a number can not hold it', () => {
    const seedOf = (digits: string) => parseWorkflow(withSeed(digits))['1']?.inputs['seed'];
    expect(seedOf('9007199254740991')).toBe(9007199254740991);
    expect(seedOf('9007199254740993')).toBe(9007199254740993n);
    expect(seedOf('18446744073709551615')).toBe(18446744073709551615n);
    const given = parseWorkflow({ '1': { class_type: 'A', inputs: { seed: 7n } } });
    expect(given['1']?.inputs['seed']).toBe(7);
  });

  it('takes a chain of 20,000 nodes', () => {
    const nodes = Array.from({ length: 20_000 }, (_, index) => [
      String(index),
      { class_type: 'A', inputs: index === 0 ? {} : { in: [String(index - 1), 0] } },
    ]);
    expect(Object.keys(parseWorkflow(Object.fromEntries(nodes)))).toHaveLength(20_000);
  });
});

describe('stringifyWorkflow', () => {
  it('writes what parseWorkflow reads back, seeds up to 2^64 − 1 exact', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        expect(parseWorkflow(stringifyWorkflow(graph))).toEqual(graph);
      }),
    );
  });

  it('gives back the text that it was given', () => {
    const text = withSeed('18446744073709551615');
    expect(stringifyWorkflow(parseWorkflow(text))).toBe(text);
    expect(stringifyWorkflow(parseWorkflow(text), { indent: 2 })).toContain('\n  "1": {\n');
  });
});

describe('parseGraph', () => {
  it('leaves what is wrong with the nodes for a validator to say', () => {
    const text = '{"1": 5, "2": {"class_type": "A", "inputs": {"in": ["9", 0]}}}';
    expect(parseGraph(text)).toEqual(JSON.parse(text));
    expect(parseGraph('{}')).toEqual({});
  });

  it('refuses what is no graph at all', () => {
    expect(() => parseGraph('nope')).toThrow('not JSON');
    expect(() => parseGraph([])).toThrow('a list');
    expect(() => parseGraph({ nodes: [], links: [] })).toThrow('UI format');
  });
});
