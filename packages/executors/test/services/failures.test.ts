import type { Workflow } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import { openComfyApi, openRunpod, SERVICES, type ServiceBench } from './bench.ts';
import { testGraph, testPlan } from './test-plan.ts';

/** Code and node with which a graph ends, at its submit or as a job. */
async function fateOf({ executor, ctx, clock, end }: ServiceBench, workflow: Workflow) {
  const submit = executor.submit(testPlan(workflow), { ...ctx, onRef: async () => {} });
  const outcome = await clock.run(submit.catch((error: unknown) => error));
  if (outcome instanceof Error) {
    const { code, retryable, details } = outcome as never as {
      code: string;
      retryable: boolean;
      details: Record<string, unknown>;
    };
    return { code, retryable, nodeId: details['nodeId'], text: outcome.message };
  }
  const { failure } = await end(outcome as never);
  return { ...failure, text: failure?.message };
}

function graphWith(change: (graph: Workflow) => void): Workflow {
  const graph = testGraph();
  change(graph);
  return graph;
}

describe.each(SERVICES)('$name: why a job failed', ({ open }) => {
  const cases: [string, string, string | undefined, string, Workflow][] = [
    [
      'an input picture that is not there',
      'MISSING_INPUT',
      '11',
      'image',
      graphWith((graph) => {
        graph['11'] = { class_type: 'LoadImage', inputs: { image: 'none.png' } };
        graph['save']!.inputs['images'] = ['11', 0];
      }),
    ],
    [
      'a value that is not allowed',
      'INVALID_WORKFLOW',
      'sampler',
      'sampler_name',
      graphWith((graph) => {
        graph['sampler']!.inputs['sampler_name'] = 'magic';
      }),
    ],
  ];
  it.each(cases)('37: %s is %s in node %s', async (_, code, nodeId, word, workflow) => {
    const fate = await fateOf(await open(), workflow);
    expect(fate).toMatchObject({ code, nodeId, retryable: false });
    expect(fate.text).toContain(word);
  });
});

describe('38: whose fault it is', () => {
  it.each([
    ['upstream_error', 'The worker was lost', 'HOST_FAULT', true],
    ['execution_timeout', 'Took too long', 'SERVER_DEADLINE', true],
    ['insufficient_credits', 'No credit', 'PAYMENT', false],
    ['node_execution_error', 'ValueError: nope', 'EXECUTION_FAILED', false],
  ])('comfy-api: %s', async (word, message, code, retryable) => {
    const error = { code: word, message };
    const timeline = () => ({ fails: { node: 'KSampler' }, error });
    const { submit, end } = await openComfyApi({ timeline });
    expect((await end(await submit())).failure).toMatchObject({ code, retryable });
  });

  it.each([
    ['ComfyUI server (127.0.0.1:8188) not reachable after multiple retries.', 'HOST_FAULT', true],
    ['WebSocket communication error: closed', 'HOST_FAULT', true],
    ["Missing 'workflow' parameter", 'INVALID_WORKFLOW', false],
    ['Failed to upload one or more input images', 'MISSING_INPUT', false],
    [
      'Workflow validation failed\n\nThis usually means a required model or parameter is not available.',
      'MISSING_MODEL',
      false,
    ],
    ['something else', 'EXECUTION_FAILED', false],
  ])('runpod: %s', async (error, code, retryable) => {
    const { submit, end } = await openRunpod({ timeline: () => ({ result: () => ({ error }) }) });
    const { failure } = await end(await submit());
    expect(failure).toMatchObject({ code, retryable });
    expect(failure?.message).toContain(error.slice(0, 20));
  });

  it('runpod: an exception of the handler comes as JSON', async () => {
    const crash = { type: 'ConnectionError', message: 'connection refused' };
    const { submit, end } = await openRunpod({ timeline: () => ({ crash }) });
    const { failure } = await end(await submit());
    expect(failure).toMatchObject({ code: 'HOST_FAULT', retryable: true });
    expect(failure?.message).toContain('connection refused');
  });

  it('runpod: a job that was stopped at its time limit', async () => {
    const timeline = () => ({ holds: 'KSampler' });
    const { submit, end } = await openRunpod({ timeline }, { executionTimeoutMs: 30_000 });
    const { state, rawState, failure } = await end(await submit());
    expect([state, rawState]).toEqual(['failed', 'TIMED_OUT']);
    expect(failure).toMatchObject({ code: 'SERVER_DEADLINE', retryable: true });
  });
});
