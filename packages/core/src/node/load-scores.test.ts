import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealScoreTable } from '../documents/score-table.ts';
import { loadScores } from './load-scores.ts';

describe('loadScores', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'comfygen-scores-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const file = async (text: string) => {
    const path = join(folder, 'scores.json');
    await writeFile(path, text);
    return path;
  };
  const table = sealScoreTable({
    scorer: null,
    prompts: 0,
    flows: [],
    labels: [],
    overall: [],
    byLabel: [],
  });

  it('reads a table from its file', async () => {
    expect(await loadScores(await file(JSON.stringify(table)))).toEqual(table);
  });

  it.each([
    ['no JSON', '{', 'it is not JSON'],
    ['an edited table', JSON.stringify({ ...table, prompts: 3 }), 'damaged or edited'],
  ])('says of %s what is wrong and where', async (_, text, reason) => {
    const path = await file(text);
    await expect(loadScores(path)).rejects.toMatchObject({
      code: 'INVALID_SCORES',
      message: expect.stringContaining(reason),
      details: { path },
    });
  });

  it('says where there is no file', async () => {
    await expect(loadScores(join(folder, 'none.json'))).rejects.toMatchObject({
      code: 'FILE_ACCESS',
    });
  });
});
