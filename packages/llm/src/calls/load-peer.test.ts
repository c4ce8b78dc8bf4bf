import { expect, it } from 'vitest';
import { loadPeer } from './load-peer.ts';

const part = { role: 'language-model', name: 'openai' } as const;

it('says what to install where a package is missing', async () => {
  const missing = 'comfygen-is-not-installed';
  await expect(loadPeer(part, 'openai zod', () => import(missing))).rejects.toMatchObject({
    code: 'MISSING_SETTING',
    message: expect.stringContaining('npm install openai zod'),
    details: { packages: ['openai', 'zod'] },
  });
});

it('lets a package that is broken speak for itself', async () => {
  const broken = new SyntaxError('bad package');
  await expect(loadPeer(part, 'openai', () => Promise.reject(broken))).rejects.toBe(broken);
});
