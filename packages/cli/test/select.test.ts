import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createFakeAnthropic, createFakeOpenai, type FakeScript } from '@comfygen/llm/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeProject, WORKFLOW } from './fixtures.ts';
import { runCli, tempFolder } from './run-cli.ts';

const KEY = 'sk-key-that-nobody-may-see';

/** Two flows of the user's own, and the selector, scorer and executor of a config file. */
async function project() {
  const cwd = await makeProject(await tempFolder());
  await writeFile(
    join(cwd, 'flows', 'your-house.json'),
    WORKFLOW.replace('"steps": 20', '"steps": 30'),
  );
  return cwd;
}

async function openai(script: FakeScript) {
  const server = await createFakeOpenai({ script, apiKey: KEY });
  onTestFinished(() => server.close());
  return server;
}

/** What a model answers that reads a page of two flows. */
const CHOICE = { labels: [], ranked: [{ reason: 'It has the better door.', flow: '2' }] };

const SCORES =
  'id,prompt,labels,my-house,your-house\n1,a house,,0.2,0.8\n2,a barn,,0.3,0.9\n3,a fox,,0.3,\n';

describe('select', () => {
  it('says what would be chosen, and runs nothing', async () => {
    const cwd = await project();
    const { code, stdout, stderr } = await runCli(['select', 'a', 'house'], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/Flow +my-house/);
    expect(stdout).toMatch(/Runner-up +your-house, expected score 0\.50/);
    expect(existsSync(join(cwd, 'submitted'))).toBe(false);
  });

  it('keeps to the limits, and says what could not be judged', async () => {
    const cwd = await project();
    const limits = ['--max-cost', '0.05', '--max-vram', '8'];
    const { stdout } = await runCli(['select', 'a', 'house', ...limits, '--json'], { cwd });
    expect(JSON.parse(stdout).warnings).toMatchObject([
      {
        code: 'limit-not-judged',
        level: 'asked-not-given',
        details: { maxCost: ['my-house', 'your-house'], maxVramGb: ['my-house', 'your-house'] },
      },
    ]);
    const strict = await runCli(['select', 'a', 'house', ...limits, '--strict-limits'], { cwd });
    expect(strict.code).toBe(1);
    expect(strict.stderr).toMatch(/NO_FLOW.*what an image costs is not known/s);
  });

  it('explains the whole ranking and what was left out', async () => {
    const { code, stdout } = await runCli([
      'select',
      'a red apple left of a green frog',
      '--explain',
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^1 +emoji-left-of +0\.\d\d +made for two-objects/m);
    expect(stdout).toMatch(/Chosen by +rules, from \d+ flows/);
    expect(stdout).toMatch(/^Facts$/m);
    expect(stdout).toMatch(/^Left out: \d+ flows$/m);
    expect(stdout).toMatch(/sdxl-base.* needs sd_xl_base_1\.0/);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('prints one JSON object', async () => {
    const cwd = await project();
    const { stdout } = await runCli(['select', 'a house', '--json'], { cwd });
    expect(JSON.parse(stdout)).toMatchObject({
      selector: 'alphabet',
      selection: {
        ranked: [
          { flowId: 'my-house', score: 1, probability: 1, ownWorkflow: false },
          { flowId: 'your-house' },
        ],
      },
      offered: ['my-house', 'your-house'],
      skipped: [],
    });
  });

  it.each([
    [['--selector', 'rulez'], 2, 'INVALID_OPTIONS', 'Did you mean rules?'],
    [['--selector', 'learned'], 1, 'MISSING_SETTING', 'comfygen train'],
    [['--selector', 'learned', '--model', 'no.json'], 1, 'FILE_ACCESS', 'no.json'],
    [['--selector', 'learned', '--model', 'comfygen.config.mjs'], 1, 'INVALID_MODEL', 'not JSON'],
    [['--selector', 'in-context'], 1, 'MISSING_SETTING', '--llm anthropic:MODEL'],
    [['--selector', 'in-context', '--llm', 'anthropic'], 2, 'INVALID_OPTIONS', 'PROVIDER:MODEL'],
    [
      ['--selector', 'in-context', '--llm', 'opena:x'],
      2,
      'INVALID_OPTIONS',
      'Did you mean openai?',
    ],
    [['--selector', 'in-context', '--llm', 'openai:x'], 1, 'MISSING_SETTING', 'OPENAI_API_KEY'],
    [
      ['--selector', 'fine-tuned', '--llm', 'openai:x', '--scores', 'no.json'],
      1,
      'FILE_ACCESS',
      'no.json',
    ],
    [['--selector', 'rules', '--scores', 'x.json'], 2, 'INVALID_OPTIONS', 'takes no --scores'],
    [['--llm', 'openai:x'], 2, 'INVALID_OPTIONS', 'takes no --llm'],
    [['--shortlist', '1'], 2, 'INVALID_OPTIONS', 'from 2 to 100'],
  ])('fails with %j', async (args, exitCode, errorCode, message) => {
    const cwd = await project();
    const { code, stdout, stderr } = await runCli(['select', 'a house', ...args], { cwd });
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
    expect(stderr).toContain(errorCode);
    expect(stderr).toContain(message);
  });
});

describe('select by a model that was trained', () => {
  it('learns from scores what suits a prompt', async () => {
    const cwd = await project();
    await writeFile(join(cwd, 'scores.csv'), SCORES);
    const trained = await runCli(['train', 'scores.csv', '--out', 'model.json'], { cwd });
    expect(trained.code).toBe(0);
    expect(trained.stderr).toMatch(/model\.json: \d+ KiB from 3 prompts, 2 flows/);
    const args = ['select', 'a house', '--selector', 'learned', '--model', 'model.json'];
    const { code, stdout } = await runCli([...args, '--explain'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/Flow +your-house/);
    expect(stdout).toMatch(/90 % INTERVAL/);
    expect(stdout).toMatch(/Chosen by +learned, from 2 flows/);
    const again = await runCli(['train', 'scores.csv', '--out', 'model.json'], { cwd });
    expect(again.stderr).toContain('--force');
  });
});

describe('select with a language model', () => {
  it('lets it choose in context, from scores', async () => {
    const cwd = await project();
    await writeFile(join(cwd, 'scores.csv'), SCORES);
    const made = await runCli(['scores', 'scores.csv', '--out', 'table.json'], { cwd });
    expect(made.stderr).toContain('2 flows, 3 prompts');
    const server = await openai(JSON.stringify(CHOICE));
    const args = ['--selector', 'in-context', '--llm', 'openai:tiny:8b', '--scores', 'table.json'];
    const { code, stdout } = await runCli(['select', 'a house', ...args], {
      cwd,
      env: { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: server.baseUrl },
    });
    expect(code).toBe(0);
    // Row 2 of a page that begins with what the table has highest.
    expect(stdout).toContain('tiny:8b chose my-house: It has the better door.');
    expect(server.calls).toHaveLength(1);
  });

  it('sends the key of the environment to no address of the command line', async () => {
    const { baseUrl } = await openai(JSON.stringify(CHOICE));
    const args = ['--selector', 'in-context', '--llm', `openai:tiny@${baseUrl}`];
    const { code, stdout, stderr } = await runCli(['select', 'a house', ...args], {
      cwd: await project(),
      env: { OPENAI_API_KEY: KEY },
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('error AUTH');
    expect(stderr).not.toContain(KEY);
  });

  it('reaches Anthropic by its own variables', async () => {
    const cwd = await project();
    const script = JSON.stringify(CHOICE);
    const server = await createFakeAnthropic({ script, apiKey: KEY });
    onTestFinished(() => server.close());
    const { code, stdout } = await runCli(
      ['select', 'a house', '--selector', 'in-context', '--llm', 'anthropic:claude', '--explain'],
      { cwd, env: { ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: server.baseUrl } },
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/Flow +your-house/);
    expect(stdout).toMatch(/Paid +\d+ tokens read/);
    expect(stdout).toMatch(/Chosen by +in-context, from 2 flows/);
    expect(server.calls).toHaveLength(1);
  });

  it('asks a fine-tuned model on a server of one’s own', async () => {
    const cwd = await project();
    const server = await createFakeOpenai({ script: '{"flow":"your-house"}' });
    onTestFinished(() => server.close());
    const { code, stdout } = await runCli(
      [
        'select',
        'a house',
        '--selector',
        'fine-tuned',
        '--llm',
        `openai:tiny:8b@${server.baseUrl}`,
      ],
      { cwd },
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/Flow +your-house/);
    expect(server.calls[0]?.body['model']).toBe('tiny:8b');
  });
});

describe('generate with a shortlist', () => {
  it('runs its flows, keeps all pictures and says what was tried', async () => {
    const cwd = await project();
    const args = ['generate', 'a house', '--seed', '7', '--shortlist', '2', '--records', 'kept'];
    const { code, stdout } = await runCli(args, { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain(join('comfygen-output', 'a-house-7.png'));
    expect(stdout).toContain(join('comfygen-output', 'a-house-7-2.png'));
    expect(stdout).toMatch(/Flow +my-house .*\(the best of those that were run\)/);
    expect(stdout).toMatch(/Tried +my-house 0\.75\n +your-house 0\.75/);
    const { stdout: table } = await runCli(['scores', '--records', 'kept'], { cwd });
    expect(JSON.parse(table)).toMatchObject({
      scorer: { name: 'taste' },
      flows: ['my-house', 'your-house'],
      labels: [{ label: 'house' }, { label: 'letters' }],
    });
  });
});

describe('scores', () => {
  it('labels prompts by their words where the data has no labels', async () => {
    const cwd = await tempFolder();
    await writeFile(join(cwd, 'scores.csv'), SCORES);
    const labelled = await runCli(['scores', 'scores.csv'], { cwd });
    expect(JSON.parse(labelled.stdout).labels).toContainEqual({ label: 'wildlife', prompts: 1 });
    const plain = await runCli(['scores', 'scores.csv', '--no-label'], { cwd });
    expect(JSON.parse(plain.stdout).labels).toEqual([]);
  });

  it('replaces no file unless it is told to', async () => {
    const cwd = await tempFolder();
    await writeFile(join(cwd, 'scores.csv'), SCORES);
    await writeFile(join(cwd, 'table.json'), 'mine');
    const args = ['scores', 'scores.csv', '--out', 'table.json'];
    const { code, stderr } = await runCli(args, { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain('--force');
    expect(await readFile(join(cwd, 'table.json'), 'utf8')).toBe('mine');
    expect((await runCli([...args, '--force'], { cwd })).code).toBe(0);
  });

  it.each([
    [[], 2, 'INVALID_OPTIONS', 'give one of them'],
    [['a.csv', '--records', 'kept'], 2, 'INVALID_OPTIONS', 'give one of them'],
    [['--records', 'nowhere'], 1, 'INVALID_SCORES', 'comfygen generate'],
    [['nowhere.csv'], 1, 'FILE_ACCESS', 'nowhere.csv'],
  ])('fails with %j', async (args, exitCode, errorCode, message) => {
    const { code, stdout, stderr } = await runCli(['scores', ...args], { cwd: await tempFolder() });
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
    expect(stderr).toContain(errorCode);
    expect(stderr).toContain(message);
  });
});
