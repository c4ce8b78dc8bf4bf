import { describe, expect, it } from 'vitest';
import type { Config } from './schema.ts';
import { resolveSetup, type SetupOptions } from './settings.ts';

const [A, B] = ['http://gpu-1:8188', 'http://gpu-2:8188'];
const executorOf = (options: SetupOptions, config: Config = {}) => {
  const { executor, executorOptions } = resolveSetup(options, config, '/');
  return [executor, executorOptions];
};

describe('the executor of a call', () => {
  it('is told by its addresses alone', () => {
    expect(executorOf({})).toEqual(['embedded', {}]);
    expect(executorOf({ url: [A] })).toEqual(['comfyui', { url: A }]);
    expect(executorOf({ url: [A, B] })).toEqual(['pool', { members: [A, B] }]);
    expect(executorOf({}, { url: [A, B] })).toEqual(['pool', { members: [A, B] }]);
    expect(executorOf({ url: [B] }, { url: [A, A] })).toEqual(['comfyui', { url: B }]);
  });

  it('is the one that is named; options of the config file are for that of the config file', () => {
    const config: Config = { executor: 'pool', executorOptions: { maxReruns: 0 }, url: [A] };
    expect(executorOf({}, config)).toEqual(['pool', { maxReruns: 0, members: [A] }]);
    expect(executorOf({ url: [B] }, config)).toEqual(['pool', { maxReruns: 0, members: [B] }]);
    expect(executorOf({ executor: 'comfyui', url: [B] }, config)).toEqual(['comfyui', { url: B }]);
    expect(executorOf({ executor: 'runpod' }, config)).toEqual(['runpod', {}]);
  });

  it('takes several addresses only as a pool, and none beside a pool’s members', () => {
    const wrong = expect.objectContaining({ code: 'INVALID_OPTIONS' });
    expect(() => executorOf({ executor: 'comfyui', url: [A, B] })).toThrow(wrong);
    const members: Config = { executor: 'pool', executorOptions: { members: [A] } };
    expect(() => executorOf({ url: [B] }, members)).toThrow(wrong);
  });
});
