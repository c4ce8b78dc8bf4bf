import { comfyui } from '@comfygen/executors/comfyui';
import { createCallContext } from 'comfygen/plugin';
import { createTestPlan } from 'comfygen/testing';
import type { Workflow } from 'comfygen/workflow';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startFakeComfyui } from '../../src/testing/index.ts';

const CIRCLE = 'graph.DependencyCycleError';

/** What a server takes although it can't run it: the changed inputs of ImageScale, and how a real one ends the job. */
const ENDS: [what: string, changed: Record<string, unknown>, end: unknown[]][] = [
  ['a link that nobody declared', { extra: ['blank', 0] }, ['error', false, 'scale', 'TypeError']],
  [
    'such a link to a last output',
    { extra: ['blank', -1] },
    ['error', false, 'scale', 'TypeError'],
  ],
  ['such a link out of range', { extra: ['blank', 7] }, ['error', false, 'blank', 'IndexError']],
  ['such a link to its own node', { extra: ['scale', 0] }, ['success', true, 'save', CIRCLE]],
  ['such a link to what it feeds', { extra: ['save', 0] }, ['success', true, 'save', CIRCLE]],
  ['a text that nobody declared', { extra: 'text' }, ['success', true, undefined, undefined]],
  ['a list that nobody declared', { extra: [1, 2, 3] }, ['success', true, undefined, undefined]],
  [
    'a text where a picture must be',
    { image: 'none' },
    ['error', false, 'scale', 'AttributeError'],
  ],
  [
    'an output counted from the end',
    { image: ['blank', -1] },
    ['success', true, undefined, undefined],
  ],
];

/** A colour of its own: what is cached isn't run. */
function graph(changed: Record<string, unknown>): Workflow {
  const [color = 0] = crypto.getRandomValues(new Uint16Array(1));
  const scale = { image: ['blank', 0], upscale_method: 'bilinear', crop: 'disabled' };
  return {
    blank: { class_type: 'EmptyImage', inputs: { width: 64, height: 64, batch_size: 1, color } },
    scale: { class_type: 'ImageScale', inputs: { ...scale, width: 32, height: 32, ...changed } },
    save: {
      class_type: 'SaveImage',
      inputs: { images: ['scale', 0], filename_prefix: 'comfygen-live' },
    },
  } as Workflow;
}

async function startFake(): Promise<string> {
  const fake = await startFakeComfyui();
  onTestFinished(() => fake.close());
  return fake.url;
}

async function endOn(server: string, prompt: Workflow): Promise<unknown[]> {
  const body = JSON.stringify({ prompt });
  const answer = await (await fetch(`${server}/api/prompt`, { method: 'POST', body })).json();
  for (;;) {
    const history = await (await fetch(`${server}/api/history/${answer.prompt_id}`)).json();
    const status = history[answer.prompt_id]?.status;
    if (!status) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      continue;
    }
    const [, data] = status.messages.at(-1);
    return [status.status_str, status.completed, data.node_id, data.exception_type];
  }
}

const real = process.env['COMFYUI_URL'];
const SERVERS: [name: string, open: () => Promise<string>][] = [['the fake', startFake]];
if (real) SERVERS.push(['a real server', async () => real]);

describe.each(SERVERS)('what %s makes of a job that it should have refused', (_, open) => {
  it.each(ENDS)('%s', async (_what, changed, end) => {
    expect(await endOn(await open(), graph(changed))).toEqual(end);
  });

  it('the executor tells a circle as a failure, whatever the server calls it', async () => {
    const executor = comfyui({ url: await open() });
    onTestFinished(() => executor.dispose?.());
    const ctx = createCallContext({ signal: AbortSignal.timeout(20_000) });
    const plan = createTestPlan(graph({ extra: ['scale', 0] }));
    const ref = await executor.submit(plan, { ...ctx, onRef: async () => {} });
    let snapshot = await executor.inspect(ref, ctx);
    while (['queued', 'running'].includes(snapshot.state)) {
      await ctx.clock.sleep(20, ctx.signal);
      snapshot = await executor.inspect(ref, ctx);
    }
    const { state, failure } = snapshot;
    expect([state, failure?.code, failure?.nodeId]).toEqual(['failed', 'EXECUTION_FAILED', 'save']);
    expect(failure?.message).toContain('Dependency cycle detected');
  });
});

describe('what kills a server’s only worker', () => {
  it('is also a link out of range that nobody declared, to a node that is cached', async () => {
    const fake = await startFakeComfyui();
    onTestFinished(() => fake.close());
    const good = graph({});
    await endOn(fake.url, good);
    const bad = structuredClone(good);
    bad['scale']!.inputs['extra'] = ['blank', 7];
    const body = JSON.stringify({ prompt: bad });
    const answer = await fetch(`${fake.url}/api/prompt`, { method: 'POST', body });
    expect(answer.status).toBe(200);
    const { prompt_id } = await answer.json();
    await fetch(`${fake.url}/api/prompt`, {
      method: 'POST',
      body: JSON.stringify({ prompt: good }),
    });
    const queue = await (await fetch(`${fake.url}/api/queue`)).json();
    expect([queue.queue_running[0][1], queue.queue_pending.length]).toEqual([prompt_id, 1]);
  });
});
