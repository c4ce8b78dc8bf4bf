import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const FILE = fileURLToPath(new URL('./reference/node-test.suites.ts', import.meta.url));
const FLAGS = ['--conditions=comfygen-source', '--disable-warning=ExperimentalWarning'];

/** Runs the suites as `node --test` does, without the mark by which it knows its own children. */
function runNodeTest(env: NodeJS.ProcessEnv): Promise<{ code: number; stdout: string }> {
  const { NODE_TEST_CONTEXT: _, ...rest } = process.env;
  const args = [...FLAGS, '--test', '--test-reporter=tap', FILE];
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { env: { ...rest, ...env } }, (_e, stdout) =>
      resolve({ code: child.exitCode ?? -1, stdout }),
    );
  });
}

const count = (stdout: string, word: string) =>
  Number(new RegExp(`^# ${word} (\\d+)$`, 'm').exec(stdout)?.[1]);

describe('the suites under node:test', () => {
  it('pass for sound parts, with the cases that do not apply shown as skipped', async () => {
    const { code, stdout } = await runNodeTest({});
    expect(stdout).toMatch(/scorer contract v1/);
    expect(code).toBe(0);
    expect(count(stdout, 'fail')).toBe(0);
    expect(count(stdout, 'pass')).toBeGreaterThan(55);
  });

  it('fail for a broken one', async () => {
    const { code, stdout } = await runNodeTest({ BROKEN: '1' });
    expect(code).toBe(1);
    expect(count(stdout, 'fail')).toBeGreaterThan(5);
    expect(stdout).toMatch(/not ok \d+ - scores within its range/);
  });
});
