import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeProject, WORKFLOW } from './fixtures.ts';
import { runCli, tempFolder } from './run-cli.ts';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

/** The fields that the README's table names for a shape. */
function documented(shape: string): string[] {
  const row = new RegExp(`^\\| \`${shape}\` +\\|[^|]+\\|([^|]+)\\|$`, 'm').exec(README);
  return row![1]!.trim().split(', ').sort();
}

const COMMANDS: [string, ...string[]][] = [
  ['generate', 'generate', 'a house', '--quiet'],
  ['plan', 'generate', 'a house', '--dry-run'],
  ['select', 'select', 'a house'],
  ['flows', 'flows', 'list'],
  ['flows-check', 'flows', 'check', 'flows'],
  ['workflow-check', 'workflow', 'check', 'w.json'],
  ['workflow-slots', 'workflow', 'slots', 'w.json'],
  ['workflow-diff', 'workflow', 'diff', 'w.json', 'w.json'],
  ['models', 'models', 'list', '--executor', 'embedded', '--config', 'empty.json'],
  [
    'models-missing',
    'models',
    'list',
    '--missing',
    '--executor',
    'embedded',
    '--config',
    'empty.json',
  ],
  ['jobs', 'jobs', 'list'],
  ['doctor', 'doctor'],
];

describe('--json', () => {
  it.each(COMMANDS)('%s has the fields of the README', async (shape, ...args) => {
    const cwd = await makeProject(await tempFolder());
    await writeFile(join(cwd, 'w.json'), WORKFLOW);
    await writeFile(join(cwd, 'empty.json'), '{}');
    const { stdout } = await runCli([...args, '--json'], { cwd });
    const { schema, ...fields } = JSON.parse(stdout);
    expect(schema).toBe(`comfygen/${shape}@1`);
    expect(Object.keys(fields).sort()).toEqual(documented(shape));
  });

  it('names an error alike', async () => {
    const { stdout } = await runCli(['flows', 'show', 'none-of-it', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'comfygen/error@1',
      error: { code: 'NO_FLOW', retryable: false, message: expect.any(String) },
    });
  });
});
