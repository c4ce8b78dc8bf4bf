import type { Workflow } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import { defineNode, type NodeDefinition } from '../src/nodes/index.ts';
import { textToImage } from './support/graphs.ts';
import { createExecutor, runToEnd } from './support/run-plan.ts';

/** Nodes that write down that they run; the value of each is its own id. */
function createTrace(): { ran: string[]; nodes: NodeDefinition[] } {
  const ran: string[] = [];
  const step = defineNode<object>({
    classType: 'Step',
    inputs: { required: {}, optional: { a: ['STEP'], b: ['STEP'] } },
    outputs: ['STEP'],
    run(_, { nodeId }) {
      ran.push(nodeId);
      return [nodeId];
    },
  });
  return { ran, nodes: [step, { ...step, classType: 'End', outputNode: true }] };
}

function steps(links: { [id: string]: string[] }): Workflow {
  return Object.fromEntries(
    Object.entries(links).map(([id, [a, b]]) => [
      id,
      {
        class_type: id.startsWith('end') ? 'End' : 'Step',
        inputs: {
          ...(a && { a: [a, 0] as [string, number] }),
          ...(b && { b: [b, 0] as [string, number] }),
        },
      },
    ]),
  );
}

describe('the order of a run', () => {
  it('runs each node once, after all that it needs', async () => {
    const { ran, nodes } = createTrace();
    const workflow = steps({ end: ['d'], d: ['b', 'c'], c: ['a'], b: ['a'], a: [], alone: [] });
    // Equal nodes with equal inputs share their result; these differ by what feeds them.
    const { snapshot } = await runToEnd(createExecutor({ nodes, cacheBytes: 0 }), workflow);
    expect(snapshot.state).toBe('succeeded');
    expect([...ran].sort()).toEqual(['a', 'b', 'c', 'd', 'end']);
    expect(ran.at(0)).toBe('a');
    expect(ran.slice(-2)).toEqual(['d', 'end']);
  });

  it('runs every output node', async () => {
    const { ran, nodes } = createTrace();
    await runToEnd(createExecutor({ nodes }), steps({ end1: ['a'], end2: ['a'], a: [] }));
    expect(ran).toEqual(['a', 'end1', 'end2']);
  });

  it('reads all texts before the first sampler starts', async () => {
    const workflow = textToImage();
    const later = Object.fromEntries(
      Object.entries(textToImage()).map(([id, node]) => [`${id}2`, relink(node)]),
    );
    const { events } = await runToEnd(createExecutor(), { ...workflow, ...later });
    const order = events.flatMap((event) =>
      event.type === 'progress' ? [event.progress.node as string] : [],
    );
    expect(order.indexOf('positive2')).toBeLessThan(order.indexOf('sampler'));
  });
});

function relink({ class_type, inputs }: Workflow[string]): Workflow[string] {
  const relinked = Object.entries(inputs).map(([name, value]) =>
    Array.isArray(value) ? [name, [`${value[0]}2`, value[1]]] : [name, value],
  );
  return { class_type, inputs: Object.fromEntries(relinked) };
}
