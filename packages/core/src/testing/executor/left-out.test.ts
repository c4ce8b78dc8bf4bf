import { afterEach, describe, expect, it, vi } from 'vitest';
import { scriptedBackend } from '../reference/scripted-executor.ts';
import { createTestGraph } from '../test-flow.ts';
import { executorSuite } from './executor-suite.ts';
import type { ExecutorScenario } from './scenario.ts';

const PLAYED: readonly ExecutorScenario[] = ['succeeds', 'runs', 'fails'];

/** Why each case was left out, and what the console was told. */
async function leftOut(cannot = {}) {
  const reasons = new Map<string, string>();
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const running: Promise<void>[] = [];
  const { create } = scriptedBackend(['succeed']);
  executorSuite(
    {
      describe: (_, body) => body(),
      it(name, body) {
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
  await Promise.all(running);
  const warned = warn.mock.calls.map(([text]) => String(text));
  return { reasons, warned };
}

const MODEL = '37: names the node of what is not there, with the code of a missing-model';

afterEach(() => vi.restoreAllMocks());

describe('a case that is left out', () => {
  it('says which field of supports says so, and warns of nothing', async () => {
    const { reasons, warned } = await leftOut();
    const [name] = [...reasons.keys()].filter((one) => one.startsWith('18:'));
    expect(reasons.get(name!)).toBe('does not apply: supports.http is false');
    expect(warned.filter((text) => text.includes('18:'))).toEqual([]);
  });

  it('is warned of where the backend does not play its scenario', async () => {
    const { reasons, warned } = await leftOut();
    expect(reasons.get(MODEL)).toBe('not proved: the backend does not play "missing-model"');
    expect(warned).toContain(
      `SKIPPED ${MODEL}: not proved: the backend does not play "missing-model"`,
    );
  });

  it('gives the author’s reason where its scenario can’t come up', async () => {
    const { reasons, warned } = await leftOut({ 'missing-model': 'it has no models' });
    expect(reasons.get(MODEL)).toBe("can't come up here: it has no models");
    expect(warned.filter((text) => text.includes('missing-model'))).toEqual([]);
  });
});
