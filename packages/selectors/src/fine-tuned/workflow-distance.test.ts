import { fileURLToPath } from 'node:url';
import { loadFlows } from 'comfygen/node';
import { describe, expect, it } from 'vitest';
import { graphText } from './__fixtures__/flows.ts';
import { compactWorkflow } from './notation/compact-workflow.ts';
import { expandWorkflow } from './notation/expand-workflow.ts';
import { findNearest, workflowDistance } from './workflow-distance.ts';

const read = (...changes: Parameters<typeof graphText>) => expandWorkflow(graphText(...changes));
const base = read();

describe('workflowDistance', () => {
  it('is 0 for what a brief fills, ids and titles', () => {
    expect(workflowDistance(base, base)).toBe(0);
    const other = structuredClone(base);
    other.workflow['6']!.inputs['text'] = 'a fox';
    other.workflow['3']!.inputs['seed'] = 7;
    other.workflow['5']!.inputs['batch_size'] = 4;
    other.workflow['4']!._meta = { title: 'Mine' };
    expect(workflowDistance(base, other)).toBe(0);
    const renumbered = expandWorkflow(
      graphText().replaceAll(/@8\b/g, '@80').replace('8 Decode', '80 Decode'),
    );
    expect(workflowDistance(base, renumbered)).toBe(0);
  });

  it('counts a changed input as its share of a node, the same both ways', () => {
    // One of the sampler's ten inputs, in one of seven nodes.
    expect(workflowDistance(base, read({ steps: 30 }))).toBeCloseTo(1 / 10 / 7);
    expect(workflowDistance(read({ steps: 30 }), base)).toBeCloseTo(1 / 10 / 7);
    expect(workflowDistance(base, read({ checkpoint: 'other.ckpt' }))).toBeCloseTo(1 / 7);
  });

  it('counts size and negative prompt, which stay where a brief leaves them open', () => {
    const small = expandWorkflow(graphText().replace('$width:1024', '$width:512'));
    expect(workflowDistance(base, small)).toBeCloseTo(1 / 3 / 7);
  });

  it('counts nodes that only one has, and is 1 for graphs without a common class', () => {
    const more = expandWorkflow(`${graphText()}\n10 Preview @8`);
    expect(workflowDistance(base, more)).toBeCloseTo(1 / 15);
    expect(workflowDistance(base, expandWorkflow('1 Int 1'))).toBe(1);
  });
});

const library = await loadFlows(fileURLToPath(new URL('../../../../workflows', import.meta.url)));

describe('findNearest', () => {
  it('takes the first of equally near ones, and nothing of nothing', () => {
    const [a, b] = [read({ steps: 21 }), read({ steps: 22 })];
    expect(findNearest(base, [a, b])?.nearest).toBe(a);
    expect(findNearest(base, [read({ checkpoint: 'x' }), b])?.nearest).toBe(b);
    expect(findNearest(base, [])).toBeUndefined();
  });

  it('is each flow of the library itself, also where two differ in templates only', () => {
    for (const flow of library) {
      const { workflow, slots } = flow;
      const written = expandWorkflow(compactWorkflow(workflow, { slots, meta: false }));
      expect(findNearest(written, library)).toEqual({ nearest: flow, distance: 0 });
    }
  });

  it('finds what comparing with every flow finds', () => {
    const some = library.filter((_, index) => index % 6 === 0);
    for (const flow of library) {
      const distances = some.map((one) => workflowDistance(flow, one));
      const least = Math.min(...distances);
      const nearest = some[distances.indexOf(least)]!;
      expect(findNearest(flow, some)).toEqual({ nearest, distance: least });
    }
  });
});
