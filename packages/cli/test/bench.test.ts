import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createFakeOpenai } from '@comfygen/llm/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runCli, tempFolder } from './run-cli.ts';

const SHARED = fileURLToPath(new URL('../../../../shared/data/matrices', import.meta.url));

if (!existsSync(SHARED)) console.warn(`SKIPPED: selectors on real scores, ${SHARED} is absent`);

/** Flow a is best at foxes, b at houses; `shift` moves all scores, `flows` renames the columns. */
function scoresCsv(rows: number, { shift = 0, flows = 'a,b', labels = true, first = 0 } = {}) {
  const lines = Array.from({ length: rows }, (_, index) => {
    const row = first + index;
    const fox = row % 2 === 0;
    const text = fox ? `"a fox, number ${row}"` : `a house of number ${row}`;
    const label = labels ? (fox ? 'animals' : 'urban') : '';
    return `${row},${text},${label},${(fox ? 3 : 1) + shift},${(fox ? 1 : 2.5) + shift}`;
  });
  return ['id,prompt,labels,'.concat(flows), ...lines].join('\n');
}

async function project(files: { [name: string]: string }) {
  const cwd = await tempFolder();
  for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text);
  return (...args: string[]) =>
    runCli(['bench', 'selectors', ...args], { cwd, env: { COLUMNS: '100' } });
}

interface Row {
  selector: string;
  rho: { mean: number; low: number; high: number };
  modelBytes: number | null;
  coverage90: number | null;
}

const rhoOf = (stdout: string) => {
  const { selectors } = JSON.parse(stdout) as { selectors: Row[] };
  return Object.fromEntries(selectors.map(({ selector, rho }) => [selector, rho.mean]));
};

describe('bench selectors', () => {
  it('prints the whole comparison as JSON, of files that are averaged', async () => {
    const bench = await project({ 'a.csv': scoresCsv(24), 'b.csv': scoresCsv(24, { shift: 2 }) });
    const result = await bench(
      '--train',
      'a.csv,b.csv',
      '--json',
      '--splits',
      '4',
      '--seed',
      '3',
      '-q',
    );
    expect([result.code, result.stderr]).toEqual([0, '']);
    const json = JSON.parse(result.stdout);
    expect(json).toMatchObject({
      train: { files: ['a.csv', 'b.csv'], prompts: 24, flows: 2 },
      test: null,
      raters: null,
      splits: 4,
      seed: 3,
      notes: expect.arrayContaining([expect.stringContaining('Left out: rules')]),
    });
    expect(Object.keys(json.selectors[0])).toEqual(
      expect.arrayContaining([
        ...['selector', 'rho', 'score', 'worstSplit', 'top2', 'top3', 'top2Noisy', 'top3Noisy'],
        ...['coverage90', 'abstained', 'microsPerChoice', 'trainSeconds', 'modelBytes'],
      ]),
    );
    const oracle = json.selectors.find(({ selector }: Row) => selector === 'oracle');
    // 3 or 2.5 in one file and 2 more in the other.
    expect(oracle.score).toBeGreaterThan(3.5);
    expect(oracle.score).toBeLessThan(4);
    expect(rhoOf(result.stdout)).toMatchObject({ 'best-single': 0, 'label-table': 1, oracle: 1 });
  });

  it('shows a table within 100 columns, and writes a chart and a page', async () => {
    const scores = scoresCsv(20);
    const bench = await project({ 'a.csv': scores, 'b.csv': scores, 'mine.csv': scores });
    const args = [
      '--train',
      'a.csv',
      '--raters',
      'b.csv',
      '--out',
      'report',
      '--splits',
      '3',
      '--selector',
      'knn',
    ];
    const { code, stdout, stderr } = await bench(...args);
    expect(code).toBe(0);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(stdout).toMatch(/^selector +ρ +95 % interval +worst/);
    expect(stdout).toMatch(/\nsecond-panel +1\.000/);
    expect(stdout).toContain('20 prompts × 2 flows; 3 splits 70/30 by text; seed 0');
    expect(stderr).toContain('split 3 of 3');
    const [page, svg] = /\S+selectors\.(md|svg)/g[Symbol.match](stderr)!.sort();
    expect([page, svg]).toEqual(['report/selectors.md', 'report/selectors.svg']);
    const again = await bench(...args);
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('--force')]);
    expect((await bench(...args, '--force')).code).toBe(0);
  });

  it('trains the learned selector on each split, with the labels of the data where it says so', async () => {
    const bench = await project({ 'a.csv': scoresCsv(120) });
    const args = ['--selector', 'learned', 'learned-labels', '--splits', '2', '--json', '-q'];
    const { code, stdout } = await bench('--train', 'a.csv', ...args);
    expect(code).toBe(0);
    const { selectors } = JSON.parse(stdout) as { selectors: Row[] };
    const rows = selectors.filter(({ selector }) => selector.startsWith('learned'));
    expect(rows).toMatchObject([
      { selector: 'learned', usesLabels: false },
      { selector: 'learned-labels', usesLabels: true },
    ]);
    for (const { rho, modelBytes, coverage90 } of rows) {
      expect(rho.mean).toBeGreaterThan(0.5);
      expect(modelBytes).toBeGreaterThan(0);
      expect(coverage90).not.toBeNull();
    }
  });

  it('judges by another file', async () => {
    const test = scoresCsv(10, { first: 101, labels: false });
    const bench = await project({ 'a.csv': scoresCsv(30), 'b.csv': test });
    const { code, stdout } = await bench('--train', 'a.csv', '--test', 'b.csv', '--json', '-q');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      test: { files: ['b.csv'], prompts: 10, flows: 2 },
      notes: expect.arrayContaining([expect.stringContaining('no labels: label-table')]),
    });
    expect(rhoOf(stdout)['knn']).toBeGreaterThan(0.9);
  });

  it('asks rules by the tags of the library’s flows where the columns are its flows', async () => {
    const flows = 'emoji-animals,emoji-food';
    const bench = await project({ 'a.csv': scoresCsv(12, { flows }) });
    const { code, stdout } = await bench('--train', 'a.csv', '--json', '-q', '--splits', '2');
    expect(code).toBe(0);
    expect(rhoOf(stdout)).toHaveProperty('rules');
  });

  it('asks a language model where one is named, and says what went wrong with it', async () => {
    const reply = { labels: [], ranked: [{ reason: 'It is the first.', flow: '1' }] };
    const server = await createFakeOpenai({ script: JSON.stringify(reply) });
    onTestFinished(() => server.close());
    const bench = await project({ 'a.csv': scoresCsv(8) });
    const ask = (url: string) => {
      const args = ['--selector', 'in-context', '--llm', `openai:small@${url}`, '--json', '-q'];
      return bench('--train', 'a.csv', '--splits', '1', ...args);
    };
    const { code, stdout } = await ask(server.baseUrl);
    expect(code).toBe(0);
    expect(rhoOf(stdout)).toHaveProperty('in-context');
    expect(server.calls.length).toBeGreaterThan(0);
    await server.close();
    const silent = JSON.parse((await ask(server.baseUrl)).stdout);
    expect(silent.notes).toEqual([expect.stringMatching(/^in-context warned at 2 of 2 choices: /)]);
    const missing = await bench('--train', 'a.csv', '--selector', 'in-context');
    expect([missing.code, missing.stderr]).toEqual([
      1,
      expect.stringContaining('--llm anthropic:'),
    ]);
  });

  it.each([
    [['--train', 'none.csv'], 1, 'FILE_ACCESS', 'none.csv: it does not exist'],
    [
      ['--train', 'bad.csv'],
      1,
      'INVALID_SCORES',
      'bad.csv: line 3, column 5 (b): "x" is not a number',
    ],
    [['--train', 'a.csv,other.csv'], 1, 'INVALID_SCORES', 'other.csv lacks b; a.csv lacks c'],
    [
      ['--train', 'a.csv', '--test', 'other.csv'],
      1,
      'INVALID_SCORES',
      'test lacks b; train lacks c',
    ],
    [['--train', 'a.csv,'], 2, 'INVALID_OPTIONS', '--train has an empty file name'],
    [['--train', 'a.csv', '--selector', 'rule'], 2, 'INVALID_OPTIONS', 'Did you mean rules?'],
    [['--train', 'a.csv', '--splits', '0'], 2, 'INVALID_OPTIONS', 'from 1 to 1000'],
    [[], 2, 'INVALID_OPTIONS', "required option '--train <files>' not specified"],
  ])('refuses %j', async (args, code, name, reason) => {
    const bench = await project({
      'a.csv': scoresCsv(8),
      'other.csv': scoresCsv(8, { flows: 'a,c' }),
      'bad.csv': `${scoresCsv(1)}\n7,z,,1,x`,
    });
    const result = await bench(...args);
    expect(result.code).toBe(code);
    expect(result.stderr).toContain(`${name}: `);
    expect(result.stderr.replace(/\s+/g, ' ')).toContain(reason);
  });

  it.skipIf(!existsSync(SHARED))(
    'finds the ceiling of a second panel of raters on real scores',
    async () => {
      const bench = await project({});
      const [one, two] = [1, 2].map((panel) => join(SHARED, `tifa_panel${panel}.csv`));
      const { stdout } = await bench(
        '--train',
        one!,
        '--raters',
        two!,
        '--selector',
        'knn',
        '--json',
        '-q',
      );
      const rows = rhoOf(stdout);
      expect(rows['second-panel']).toBeGreaterThan(0.4);
      expect(rows['second-panel']).toBeLessThan(0.8);
      expect(rows['random']).toBeLessThan(-0.5);
    },
  );
});
