import { afterEach, describe, expect, it, vi } from 'vitest';
import { collectOutcomes } from '../reference/collect-outcomes.ts';
import { scriptedBackend } from '../reference/scripted-executor.ts';
import { createTestGraph } from '../test-flow.ts';
import { executorSuite } from './executor-suite.ts';
import type { ExecutorScenario } from './scenario.ts';

const PLAYED: readonly ExecutorScenario[] = ['succeeds', 'runs', 'fails'];

/** Why each case was skipped, what the console was told, and the names of all tests. */
async function leftOut(cannot = {}) {
  const reasons = new Map<string, string>();
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const names: string[] = [];
  const bodies: unknown[] = [];
  const running: Promise<void>[] = [];
  const { create } = scriptedBackend(['succeed']);
  executorSuite(
    {
      describe: (_, body) => void bodies.push(body()),
      it(name, body) {
        names.push(name);
        const skip = (reason = '') => void reasons.set(name, reason);
        running.push(body({ skip }).catch(() => {}));
      },
    },
    {
      create,
      backend: (scenario) =>
        PLAYED.includes(scenario) ? { workflow: createTestGraph() } : undefined,
      cannot,
      limitMs: 2_000,
    },
  );
  await Promise.all(bodies);
  await Promise.all(running);
  const warned = warn.mock.calls.map(([text]) => String(text));
  const [told = ''] = names.filter((name) => name.includes('not apply'));
  return { reasons, warned, names, told };
}

const MODEL = '37: names the node of what is not there, with the code of a missing-model';

afterEach(() => vi.restoreAllMocks());

describe('a case that is left out', () => {
  it('is no test of its own where it does not apply: one test tells of all, with the reasons', async () => {
    const { names, told, reasons, warned } = await leftOut();
    expect(names.filter((name) => name.startsWith('18:'))).toEqual([]);
    expect(told).toMatch(/^\d+ cases do not apply: .*supports\.http is false \([\d, ]*18[\d, ]*\)/);
    expect(told).toContain('it has no parseWebhook() (43)');
    expect(reasons.has(told)).toBe(false);
    expect(warned.filter((text) => text.includes('18:'))).toEqual([]);
  });

  it('is warned of where the backend does not play its scenario', async () => {
    const { reasons, warned } = await leftOut();
    expect(reasons.get(MODEL)).toBe('not proved: the backend does not play "missing-model"');
    expect(warned).toContain(
      `SKIPPED ${MODEL}: not proved: the backend does not play "missing-model"`,
    );
  });

  it('is told with the author’s reason where its scenario can’t come up', async () => {
    const { names, told, warned } = await leftOut({ 'missing-model': 'it has no models' });
    expect(names).not.toContain(MODEL);
    expect(told).toContain("can't come up here, missing-model: it has no models (37)");
    expect(warned.filter((text) => text.includes('missing-model'))).toEqual([]);
  });

  it('is told of wrongly where another instance declares other things', async () => {
    let made = 0;
    const outcomes = await collectOutcomes((runner) =>
      executorSuite(runner, {
        backend: () => ({ workflow: createTestGraph() }),
        create() {
          made += 1;
          const executor = scriptedBackend(['succeed']).create();
          return { ...executor, supports: { ...executor.supports, seed: made > 1 } };
        },
      }),
    );
    const told = [...outcomes].filter(([name]) => name.includes('not apply'));
    expect(told).toHaveLength(1);
    expect(String(told[0]?.[1])).toContain('declare different things');
  });
});
