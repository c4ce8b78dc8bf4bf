import { describe, expect, it } from 'vitest';
import { copyGraph } from './copy-graph.ts';

const inputs = {
  text: 'a fox',
  seed: 2n ** 63n,
  link: ['4', 1],
  deep: { list: [{ a: [1, { b: null }] }], at: new Date(0) },
  none: undefined,
};
const graph = { 3: { class_type: 'X', inputs, _meta: { title: 't' } }, ['__proto__']: { inputs } };

describe('a copied graph', () => {
  it('is that of structuredClone', () => {
    expect(copyGraph(graph)).toStrictEqual(structuredClone(graph));
    class Inputs {
      own = { a: 1 };
    }
    const odd = { 1: { inputs: new Inputs(), map: new Map([[1, [2]]]) } };
    expect(copyGraph(odd)).toStrictEqual(structuredClone(odd));
  });

  it('shares nothing with its giver', () => {
    const given = structuredClone(graph);
    const copied = copyGraph(given);
    given[3].inputs.link[0] = 'other';
    (given[3].inputs.deep.list[0]!.a[1] as { b: unknown }).b = 1;
    given[3]._meta.title = 'other';
    expect(copied).toStrictEqual(structuredClone(graph));
  });

  it('refuses what can’t be copied, and bears a circle', () => {
    expect(() => copyGraph({ 1: { inputs: { run: () => {} } } })).toThrow(/could not be cloned/);
    expect(() => copyGraph({ 1: { inputs: { name: Symbol('x') } } })).toThrow(
      /could not be cloned/,
    );
    const node: { inputs: Record<string, unknown> } = { inputs: {} };
    node.inputs['self'] = node;
    const { inputs: copied } = copyGraph({ 1: node })[1];
    expect(copied['self']).not.toBe(node);
  });
});
