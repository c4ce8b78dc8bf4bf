import { comfyApi } from '@comfygen/executors/comfy-api';
import { comfyicu } from '@comfygen/executors/comfyicu';
import { replicate } from '@comfygen/executors/replicate';
import { runpod } from '@comfygen/executors/runpod';
import { wrapExecutor } from 'comfygen/plugin';
import { createTestGraph, executorSuite, type Runner } from 'comfygen/testing';
import { describe, expect, it } from 'vitest';
import { KEY as COMFY_API_KEY, comfyApiBackend } from '../backends/comfy-api-backend.ts';
import { comfyicuBackend, KEY as ICU_KEY } from '../backends/comfyicu-backend.ts';
import { replicateBackend, TOKEN } from '../backends/replicate-backend.ts';
import { KEY as RUNPOD_KEY, runpodBackend } from '../backends/runpod-backend.ts';
import { eventMutants } from './event-mutants.ts';
import { lookMutants } from './look-mutants.ts';
import type { Mutant } from './mutant.ts';
import { outputMutants } from './output-mutants.ts';
import { submitMutants } from './submit-mutants.ts';

const MUTANTS = [...submitMutants, ...lookMutants, ...outputMutants, ...eventMutants];

/** The suite for a mutant. A case that hangs has noticed something too. */
const SUITES: { readonly [On in Mutant['on']]: (runner: Runner, mutant: Mutant) => void } = {
  replicate: (runner, { fetch: around, wrap = () => ({}), limitMs = 2_000 }) =>
    executorSuite(runner, {
      limitMs,
      backend: replicateBackend,
      create: ({ url: baseUrl, version }) =>
        wrapExecutor(replicate({ token: TOKEN, baseUrl, version, fetch: around?.(fetch) }), wrap),
    }),
  'comfy-api': (runner, { fetch: around, wrap = () => ({}), limitMs = 2_000 }) =>
    executorSuite(runner, {
      limitMs,
      backend: (scenario) => comfyApiBackend(scenario, {}),
      create: ({ url: baseUrl }) =>
        wrapExecutor(comfyApi({ apiKey: COMFY_API_KEY, baseUrl, fetch: around?.(fetch) }), wrap),
    }),
  comfyicu: (runner, { fetch: around, wrap = () => ({}), limitMs = 2_000 }) =>
    executorSuite(runner, {
      limitMs,
      backend: comfyicuBackend,
      create: ({ url: baseUrl, workflowId }) =>
        wrapExecutor(
          comfyicu({ apiKey: ICU_KEY, baseUrl, workflowId, fetch: around?.(fetch) }),
          wrap,
        ),
    }),
  runpod: (runner, { fetch: around, wrap = () => ({}), limitMs = 2_000 }) =>
    executorSuite(runner, {
      limitMs,
      backend: (scenario) => runpodBackend(scenario, true),
      create: ({ url: baseUrl, endpointId }) =>
        wrapExecutor(
          runpod({ apiKey: RUNPOD_KEY, baseUrl, endpointId, fetch: around?.(fetch) }),
          wrap,
        ),
    }),
};

const withoutNumber = (name: string) => name.replace(/^\d+: /, '');

/** The cases that a suite registers, by name. */
async function casesOf(
  register: (runner: Runner) => void,
): Promise<Map<string, () => Promise<void>>> {
  const cases = new Map<string, () => Promise<void>>();
  const bodies: (void | Promise<void>)[] = [];
  const skip = () => {};
  register({
    describe: (_, body) => void bodies.push(body()),
    it: (name, body) => void cases.set(withoutNumber(name), () => body({ skip })),
  });
  await Promise.all(bodies);
  return cases;
}

/** Names of the cases that need a service; core breaks the others in its own tests. */
async function serviceCases(): Promise<string[]> {
  const { parseWebhook: _, ...part } = replicate({ token: TOKEN });
  const supports = { ...part.supports, http: false };
  const anywhere = await casesOf((runner) =>
    executorSuite(runner, {
      create: () => ({ ...part, supports }),
      backend: () => ({ workflow: createTestGraph() }),
    }),
  );
  const sound = { what: 'nothing', noticedBy: [] };
  const ons = Object.keys(SUITES) as Mutant['on'][];
  const suites = await Promise.all(
    ons.map((on) => casesOf((runner) => SUITES[on](runner, { ...sound, on }))),
  );
  const names = new Set(suites.flatMap((cases) => [...cases.keys()]));
  return [...names].filter((name) => !anywhere.has(name) && !name.includes('not apply: '));
}

describe('the suite notices', () => {
  it.each(MUTANTS.map((mutant) => [mutant.what, mutant] as const))('%s', async (_, mutant) => {
    expect(await passedBy(mutant), 'cases that pass').toEqual([]);
  });

  it('nothing in an executor that keeps its word behind the same wrappers', async () => {
    const noticedBy = ['gives bytes that nobody touched', 'survives a look that meets reset'];
    const sound: Mutant = {
      what: 'nothing',
      on: 'replicate',
      fetch: (send) => async (input, init) => send(new Request(input, init)),
      wrap: (part) => ({ inspect: (ref, ctx) => part.inspect(ref, ctx) }),
      noticedBy,
      limitMs: 20_000,
    };
    expect(await passedBy(sound)).toEqual(noticedBy);
  });

  it('something with each case that needs a service', async () => {
    const noticing = new Set(MUTANTS.flatMap(({ noticedBy }) => noticedBy));
    const needing = await serviceCases();
    expect(needing.length).toBeGreaterThan(60);
    expect(needing.filter((name) => !noticing.has(name))).toEqual([]);
  });
});

/** The cases that should notice a mutant and pass all the same. */
async function passedBy(mutant: Mutant): Promise<string[]> {
  const cases = await casesOf((runner) => SUITES[mutant.on](runner, mutant));
  const passed: string[] = [];
  // One after the other: each has its own clock, which goes by the traffic of the whole process.
  for (const name of mutant.noticedBy) {
    const noticed = await cases.get(name)!().then(
      () => false,
      () => true,
    );
    if (!noticed) passed.push(name);
  }
  return passed;
}
