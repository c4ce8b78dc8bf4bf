import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startFakeReplicate } from '@comfygen/executors/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeProject, WORKFLOW } from '../fixtures.ts';
import { runCli, tempFolder } from '../run-cli.ts';
import { keepJobs, openStudio } from './server.ts';

const USUAL = join('.comfygen', 'comfygen.db');
/** The folder of earlier versions, which is gone on with where it is there. */
const EARLIER = join('.comfygen', 'jobs');

/** An executor of the config file whose jobs are over, in one way or another. */
const gallery = (snapshot: object) => `
export default { executor: { spec: 'v1', role: 'executor', name: 'gallery',
  supports: { resume: true, ownId: true, seed: true, nodeOutputs: true },
  async submit() { throw new Error('not asked'); },
  async inspect() { return { outputs: [], warnings: [], ...${JSON.stringify(snapshot)} }; },
  async download() { throw new Error('not asked'); } } };
`;

describe('generate keeps references of jobs', () => {
  it('in the usual file where they outlive it: no prompt, no secret, and nothing beside it', async () => {
    const { cwd, generate, openGate } = await openStudio();
    openGate();
    expect((await runCli(generate, { cwd })).code).toBe(0);
    expect(await readdir(join(cwd, '.comfygen'))).toEqual(['comfygen.db']);
    const text = await readFile(join(cwd, USUAL), 'latin1');
    expect(text).toContain('"flowId":"my-flow","state":"succeeded"');
    expect(text).not.toMatch(/fox|127\.0\.0\.1/);
  });

  it('where it is told to, or nowhere', async () => {
    const { cwd, generate, openGate } = await openStudio();
    openGate();
    await runCli([...generate, '--no-jobs'], { cwd });
    await writeFile(join(cwd, 'comfygen.config.json'), '{ "jobs": false }');
    await runCli(generate, { cwd });
    expect(existsSync(join(cwd, '.comfygen'))).toBe(false);
    await writeFile(join(cwd, 'comfygen.config.json'), '{ "jobs": "kept" }');
    await runCli(generate, { cwd });
    expect(await readdir(join(cwd, 'kept'))).toHaveLength(1);
    expect((await runCli(['jobs', 'ls'], { cwd })).stdout).toContain('1 job in kept');
    await runCli([...generate, '--jobs', 'others'], { cwd });
    expect(await readdir(join(cwd, 'others'))).toHaveLength(1);
    await runCli([...generate, '--jobs', 'other.sqlite'], { cwd });
    const listed = await runCli(['jobs', 'ls', '--jobs', 'other.sqlite'], { cwd });
    expect(listed.stdout).toContain('1 job in other.sqlite');
  });

  it('but not of an executor whose jobs end with it, which is said where they were asked for', async () => {
    const cwd = await makeProject(await tempFolder());
    const { code, stdout } = await runCli(['generate', 'a house', '--jobs', 'kept'], { cwd });
    expect([code, stdout]).toEqual([0, expect.stringContaining('no reference of one is kept')]);
    expect(existsSync(join(cwd, 'kept'))).toBe(false);
  });
});

describe('a job of a service', () => {
  it('is found by the config file’s settings and the key of the environment, which it does not hold', async () => {
    const token = 'planted-key-0123456789';
    const fake = await startFakeReplicate({ token });
    onTestFinished(() => fake.close());
    const { cwd, generate } = await openStudio();
    await writeFile(join(cwd, 'my-flow.json'), WORKFLOW.replace('base.', 'model.'));
    const executorOptions = { baseUrl: fake.url, version: fake.version };
    const config = JSON.stringify({ executor: 'replicate', executorOptions });
    await writeFile(join(cwd, 'comfygen.config.json'), config);
    const env = { REPLICATE_API_TOKEN: token };
    const made = await runCli(generate.slice(0, -2), { cwd, env });
    expect([made.code, made.stderr]).toEqual([0, expect.stringContaining('on replicate')]);
    expect(await readFile(join(cwd, USUAL), 'latin1')).not.toContain(token);
    const listed = await runCli(['jobs', 'list', '--json'], { cwd, env });
    const id = JSON.parse(listed.stdout).jobs[0].backendId;
    const shown = await runCli(['jobs', 'show', id, '--json'], { cwd, env });
    expect(JSON.parse(shown.stdout)).toMatchObject({ backendId: id, state: 'succeeded' });
    const resumed = await runCli(['jobs', 'resume', id, '--out', 'fox.png'], { cwd, env });
    expect([resumed.code, existsSync(join(cwd, 'fox.png'))]).toEqual([0, true]);
    expect(shown.stdout + resumed.stdout + resumed.stderr).not.toContain(token);
    const keyless = await runCli(['jobs', 'show', id], { cwd });
    expect([keyless.code, keyless.stderr]).toEqual([1, expect.stringContaining('MISSING_SETTING')]);
  });
});

describe('jobs list', () => {
  it('shows the newest first within the width, and what it left out', async () => {
    const cwd = await tempFolder();
    await keepJobs(cwd, ['comfyui', 'a'.repeat(20)], ['replicate', 'b'.repeat(20)]);
    await writeFile(join(cwd, EARLIER, '0000000000000000-c.json'), '{');
    const { stdout, stderr } = await runCli(['jobs', 'list'], { cwd, env: { COLUMNS: '60' } });
    expect(stdout).toMatch(/^ID .*\nbbbbbbbb +my-flow +replicate +queued +\d+ s\naaaaaaaa /);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(60);
    expect(stderr).toContain('is left out');
  });

  it('says where there would be some', async () => {
    const { code, stdout } = await runCli(['jobs', 'list'], { cwd: await tempFolder() });
    expect([code, stdout]).toEqual([0, expect.stringContaining(`No jobs are kept in ${USUAL}`)]);
  });
});

describe('jobs fail', () => {
  it('for an id that is not kept, or begins several', async () => {
    const cwd = await tempFolder();
    await keepJobs(cwd, ['comfyui', 'ab1'], ['comfyui', 'ab2']);
    const none = await runCli(['jobs', 'show', 'zz', '--json'], { cwd });
    expect([none.code, JSON.parse(none.stdout).error]).toEqual([
      1,
      expect.objectContaining({ code: 'NOT_FOUND', hint: expect.stringContaining('jobs list') }),
    ]);
    const several = await runCli(['jobs', 'cancel', 'ab'], { cwd });
    expect([several.code, several.stderr]).toEqual([2, expect.stringContaining('ab1, ab2')]);
  });

  it('for an executor that is not set up here, or whose jobs ended with it', async () => {
    const cwd = await tempFolder();
    await keepJobs(cwd, ['easel', 'one'], ['embedded', 'two']);
    const gone = await runCli(['jobs', 'resume', 'one'], { cwd });
    expect([gone.code, gone.stderr]).toEqual([2, expect.stringContaining('--config FILE')]);
    const ended = await runCli(['jobs', 'resume', 'two'], { cwd });
    expect([ended.code, ended.stderr]).toEqual([1, expect.stringContaining('Generate again')]);
  });

  it('for a job that its server does not know, and a server that is not there', async () => {
    const { cwd, fake, url } = await openStudio();
    await keepJobs(cwd, ['comfyui', 'lost-job']);
    const lost = await runCli(['jobs', 'resume', 'lost', ...url], { cwd });
    expect([lost.code, lost.stderr]).toEqual([1, expect.stringContaining('error JOB_LOST')]);
    expect(lost.stderr).toContain('If it was another one, name the server');
    expect((await runCli(['jobs', 'list'], { cwd })).stdout).toContain('failed');
    await fake.kill();
    const env = { COMFYUI_URL: fake.url };
    const gone = await runCli(['jobs', 'resume', 'lost'], { cwd, env });
    expect([gone.code, gone.stderr]).toEqual([1, expect.stringContaining('UNAVAILABLE')]);
    expect(gone.stderr).toContain('--url ADDRESS');
  });

  it('for pictures that have expired, and where a job cannot be stopped', async () => {
    const cwd = await tempFolder();
    await keepJobs(cwd, ['gallery', 'old-job']);
    const config = gallery({ state: 'expired', rawState: 'gone' });
    await writeFile(join(cwd, 'comfygen.config.mjs'), config);
    const expired = await runCli(['jobs', 'resume', 'old'], { cwd });
    expect([expired.code, expired.stderr]).toEqual([
      1,
      expect.stringMatching(/OUTPUT_EXPIRED[\s\S]*generate again/),
    ]);
    expect((await runCli(['jobs', 'show', 'old'], { cwd })).stdout).toMatch(/State +expired/);
    const going = await runCli(['jobs', 'cancel', 'old'], { cwd });
    expect([going.code, going.stderr]).toEqual([1, expect.stringContaining('UNSUPPORTED')]);
  });
});
