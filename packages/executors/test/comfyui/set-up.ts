import type { ComfyuiOptions } from '@comfygen/executors/comfyui';
import type { FakeComfyuiOptions } from '@comfygen/executors/testing';
import { ComfygenError } from 'comfygen/plugin';
import { expect, onTestFinished } from 'vitest';
import { type Bench, openBench } from './bench.ts';

/** A bench for one test, which fails where a timer is left once all is closed. */
export async function setUp(
  given: FakeComfyuiOptions = {},
  options: ComfyuiOptions = {},
): Promise<Bench> {
  const bench = await openBench(given, options);
  onTestFinished(async () => {
    await bench.close();
    expect(bench.clock.sleeping, 'a timer was left').toBe(0);
  });
  return bench;
}

/** Steps that take a while of the test's clock. */
export const slow = (stepMs = 5_000) => ({ timeline: () => ({ stepMs }) });

/** The code that a promise rejects with; as a text what it rejects with besides, or `undefined`. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  return ComfygenError.is(error) ? error.code : String(error);
}
