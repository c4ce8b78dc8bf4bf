import { describe, expect, it } from 'vitest';
import type { EmbeddedOptions } from './options.ts';
import { readOptions, readRunOptions } from './options.ts';

const refused = expect.objectContaining({ code: 'INVALID_OPTIONS' });

describe('options', () => {
  it('have defaults', () => {
    expect(readOptions({})).toMatchObject({ strict: false, concurrency: 1, maxSteps: 1000 });
    expect(readOptions({ cacheBytes: undefined }).cacheBytes).toBe(48 * 1024 * 1024);
    expect(readRunOptions(undefined)).toEqual({});
  });

  it.each([
    [{ model: 'sd' }, 'model'],
    [{ models: 'sd' }, 'models'],
    [{ nodes: [1] }, 'nodes'],
    [{ concurrency: 0 }, 'concurrency'],
    [{ maxPixels: 0.5 }, 'maxPixels'],
    [{ cacheBytes: -1 }, 'cacheBytes'],
    [{ strict: 'yes' }, 'strict'],
  ])('refuse %j and say so', (options, name) => {
    const reading = () => readOptions(options as unknown as EmbeddedOptions);
    expect(reading).toThrow(refused);
    expect(reading).toThrow(name);
  });

  it('of a run know only strict', () => {
    expect(readRunOptions({ strict: true })).toEqual({ strict: true });
    expect(() => readRunOptions({ steps: 3 })).toThrow(refused);
  });
});
