import { createTestPlan } from 'comfygen/testing';
import { describe, expect, it } from 'vitest';
import { errorOf } from '../job-bench.ts';
import { openReplicate } from './bench.ts';

const SLOW = () => ({ startMs: 3_000, stepMs: 1_000 });
const HOUR_MS = 3_600_000;

describe('the end of a prediction', () => {
  it('21, 29: an hour later the files are gone', async () => {
    const { play, inspect, executor, call, clock } = await openReplicate();
    const { ref, snapshot } = await play();
    await clock.advance(HOUR_MS);
    expect(await inspect(ref)).toMatchObject({ state: 'expired', outputs: [] });
    const error = await errorOf(clock.run(executor.download(snapshot.outputs[0]!, ref, call())));
    expect(error.code).toBe('OUTPUT_EXPIRED');
  });

  it('a limit that comes before its start aborts it, later it is canceled: both are SERVER_DEADLINE', async () => {
    for (const startMs of [60_000, 0]) {
      const timeline = () => ({ startMs, stepMs: 60_000 });
      const { play, fake } = await openReplicate({ timeline }, { cancelAfterMs: 30_000 });
      const { ref, snapshot } = await play();
      expect(fake.requests[0]!.headers['cancel-after']).toBe('30s');
      expect(fake.prediction(ref.id)!.status).toBe(startMs ? 'aborted' : 'canceled');
      expect(snapshot).toMatchObject({
        state: 'failed',
        failure: { code: 'SERVER_DEADLINE', retryable: true },
      });
    }
  });

  const hostFaults = [
    'Prediction interrupted; please retry (code: PA)',
    'Director: unexpected error handling prediction (E9828)',
    'Director: unexpected error handling prediction (E8765)',
    'Failed to start container (E6716)',
    'Corrupted weights deleted. Please try again.',
  ];
  it.each(hostFaults)('38: "%s" is the host', async (error) => {
    const { play } = await openReplicate({ timeline: () => ({ error }) });
    const { failure } = (await play()).snapshot;
    expect(failure).toEqual({ code: 'HOST_FAULT', message: error, retryable: true });
  });

  const others: [string, string][] = [
    ['Missing required input files: /tmp/inputs/fox.png', 'MISSING_INPUT'],
    [
      'lora.safetensors unavailable. View the list of available weights: https://x',
      'MISSING_MODEL',
    ],
    ['You must use the API JSON version of a ComfyUI workflow.', 'UNSUPPORTED_FORMAT'],
    ['ComfyUI API nodes are not currently supported.', 'MISSING_NODE'],
    ['ComfyUI Error – Your workflow could not be run.', 'INVALID_WORKFLOW'],
    ['something else', 'EXECUTION_FAILED'],
    ['', 'EXECUTION_FAILED'],
  ];
  it.each(others)('37: "%s" is %s', async (error, code) => {
    const { play } = await openReplicate({ timeline: () => ({ error }) });
    const { failure } = (await play()).snapshot;
    expect(failure).toMatchObject({ code, retryable: false });
    expect(failure!.message).not.toBe('');
  });

  it('37: the words of older versions are read too', async () => {
    const logs = [
      "[ComfyUI] invalid prompt: {'type': 'invalid_prompt', 'message': 'Cannot execute because node",
      "FaceDetailer does not exist.', 'details': \"Node ID '#12'\", 'extra_info': {}}",
    ].join(' ');
    const error =
      'ComfyUI Error – Your workflow could not be run. Please check the logs for details.';
    const { play } = await openReplicate({ timeline: () => ({ error, logs }) });
    expect((await play()).snapshot.failure).toMatchObject({
      ...{ code: 'MISSING_NODE', nodeId: '12', classType: 'FaceDetailer' },
    });
  });
});

describe('41: cancel', () => {
  it('that fails while the job goes on is an error', async () => {
    const { submit, executor, call, clock, fake } = await openReplicate({ timeline: SLOW });
    const ref = await submit();
    fake.faults.add('POST /v1/predictions/:id/cancel', { kind: 'status', status: 500 });
    expect((await errorOf(clock.run(executor.cancel!(ref, call())))).code).toBe('HOST_FAULT');
  });
});

describe('6, 42: watching', () => {
  it('states go forward, progress never falls, and the end comes once', async () => {
    const { submit, events } = await openReplicate({ timeline: SLOW });
    const seen = await events(await submit());
    const states = seen.flatMap((event) => (event.type === 'state' ? [event.state] : []));
    expect(states).toEqual(['queued', 'running', 'succeeded']);
    expect(seen.at(-1)).toEqual({ type: 'state', state: 'succeeded' });
    const progress = seen.flatMap((event) => (event.type === 'progress' ? [event.progress] : []));
    const fractions = progress.map(({ fraction }) => fraction);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(progress).toContainEqual(
      expect.objectContaining({ node: 'sampler', classType: 'KSampler', steps: 4 }),
    );
    expect([fractions.at(-1), fractions.every((one) => one >= 0 && one <= 1)]).toEqual([1, true]);
  });

  it('an answer that fails ends it; the job is not lost', async () => {
    const { submit, executor, call, clock, fake, end } = await openReplicate({ timeline: SLOW });
    const ref = await submit();
    fake.faults.add('GET /v1/predictions/:id', { kind: 'status', status: 500 });
    const watching = (async () => {
      for await (const event of executor.watch!(ref, call())) void event;
    })();
    expect((await errorOf(clock.run(watching))).code).toBe('HOST_FAULT');
    expect((await end(ref)).state).toBe('succeeded');
  });

  it('26: files in data URIs are taken too', async () => {
    const output = ['data:image/png;base64,', `data:text/plain;base64,${btoa('hello')}`];
    const { play, executor, call, clock } = await openReplicate({ timeline: () => ({ output }) });
    const { ref, snapshot } = await play(createTestPlan());
    expect(snapshot.outputs.map(({ kind }) => kind)).toEqual(['image', 'file']);
    const [empty, text] = snapshot.outputs;
    expect((await errorOf(clock.run(executor.download(empty!, ref, call())))).code).toBe(
      'HOST_FAULT',
    );
    const { bytes } = await clock.run(executor.download(text!, ref, call()));
    expect(new TextDecoder().decode(bytes)).toBe('hello');
  });
});
