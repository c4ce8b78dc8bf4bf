import { describe, expect, it } from 'vitest';
import type { ImageCache } from '../spec/index.ts';
import { memoryCache } from '../stores/memory-cache.ts';
import { instantClock } from '../testing/reference/instant-clock.ts';
import { type Script, scriptedBackend } from '../testing/reference/scripted-executor.ts';
import { byteWeight } from '../testing/reference/sound-parts.ts';
import { createTestFlow } from '../testing/test-flow.ts';
import { wrapExecutor } from '../util/wrap.ts';
import { createComfyGen } from './create-comfygen.ts';
import type { ComfyGenOptions, GenerateOptions } from './types.ts';

function setUp(options: Partial<ComfyGenOptions> = {}, scripts: readonly Script[] = ['succeed']) {
  const backend = scriptedBackend(scripts);
  const flows = [createTestFlow('one'), createTestFlow('two')];
  const comfygen = createComfyGen({
    flows,
    executor: backend.create(),
    clock: instantClock(),
    cache: memoryCache(),
    ...options,
  });
  const generate = (call: GenerateOptions = {}, prompt = 'a fox') =>
    comfygen.generate(prompt, { seed: 7, flow: 'one', ...call });
  return { ...backend, comfygen, generate };
}

const codes = ({ warnings }: { warnings: { code: string }[] }) => warnings.map(({ code }) => code);

describe('the same brief twice', () => {
  it('gives the same picture without a job, and says so everywhere', async () => {
    const { generate, submitted } = setUp({ scorer: byteWeight });
    const first = await generate();
    const events: string[] = [];
    const handed: string[] = [];
    const second = await generate({
      onEvent: ({ type }) => events.push(type),
      onImage: ({ hash }) => handed.push(hash),
    });
    expect(submitted).toHaveLength(1);
    expect([first.cached, second.cached]).toEqual([undefined, true]);
    expect(second.best).toEqual(first.best);
    expect(second.best.bytes).not.toBe(first.best.bytes);
    expect(handed).toEqual([first.best.hash]);
    expect(second.warnings).toContainEqual({
      code: 'from-cache',
      level: 'note',
      message: '1 of 1 images come from the cache: no job was submitted for them.',
      details: { cached: 1, count: 1 },
    });
    expect([first.record.cached, second.record.cached]).toEqual([undefined, true]);
    expect(second.record.images).toEqual(first.record.images);
    expect(events).not.toContain('execute-start');
  });

  it('is told apart by prompt, negative, seed, flow, size and options', async () => {
    const { generate, submitted } = setUp();
    await generate();
    const others: GenerateOptions[] = [
      { negative: 'snow' },
      { seed: 8 },
      { flow: 'two' },
      { width: 256 },
      { options: { scripted: { fast: true } } },
    ];
    for (const other of others) expect((await generate(other)).cached).toBeUndefined();
    expect((await generate({}, 'a wolf')).cached).toBeUndefined();
    expect(submitted).toHaveLength(7);
  });

  it('runs the jobs alone that are not there', async () => {
    const flow = createTestFlow('one');
    const unbatched = { ...flow, slots: { ...flow.slots, batchSize: [] } };
    const { generate, submitted } = setUp({ flows: [unbatched] });
    await generate({ count: 2 });
    const more = await generate({ count: 3 });
    expect(submitted).toHaveLength(3);
    expect(more.cached).toBeUndefined();
    expect(more.images.map(({ seed }) => seed)).toEqual(['7', '8', '9']);
    expect(more.warnings).toContainEqual(
      expect.objectContaining({ code: 'from-cache', details: { cached: 2, count: 3 } }),
    );
  });

  it('is never served for a seed that was drawn, nor from an executor that draws its own', async () => {
    const { generate, submitted } = setUp();
    const { best } = await generate({ seed: undefined });
    expect((await generate({ seed: Number(best.seed) })).cached).toBeUndefined();
    expect(submitted).toHaveLength(2);
    const backend = scriptedBackend(['succeed']);
    const own = wrapExecutor(backend.create(), ({ supports }) => ({
      supports: { ...supports, seed: false },
    }));
    const other = setUp({ executor: own });
    await other.generate();
    await other.generate();
    expect(backend.submitted).toHaveLength(2);
  });

  it('keeps no failure', async () => {
    const { generate, submitted } = setUp({}, [{ fail: 'EXECUTION_FAILED' }, 'succeed']);
    await expect(generate()).rejects.toMatchObject({ code: 'EXECUTION_FAILED' });
    expect((await generate()).cached).toBeUndefined();
    expect((await generate()).cached).toBe(true);
    expect(submitted).toHaveLength(2);
  });
});

describe('a cache', () => {
  const never = () => new Promise<never>(() => {});
  const fails = () => Promise.reject(new Error('disk on fire'));
  const nothing = async () => undefined;

  it.each<[string, ImageCache]>([
    ['fails to read', { get: fails, set: nothing }],
    ['fails to write', { get: nothing, set: fails }],
    ['hangs as it reads', { get: never, set: nothing }],
    ['hangs as it writes', { get: nothing, set: never }],
    [
      'throws',
      {
        get: () => {
          throw new Error('no');
        },
        set: nothing,
      },
    ],
    ['gives what is no bytes', { get: async () => 'text' as never, set: nothing }],
    [
      'gives bytes of something else',
      { get: async () => new Uint8Array(100).fill(7), set: nothing },
    ],
  ])('that %s costs a warning and nothing else', async (_, cache) => {
    const { generate } = setUp({ cache });
    const result = await generate();
    expect(result.images).toHaveLength(1);
    expect(codes(result)).toEqual(['image-cache-failed']);
  });

  it('whose content was changed is not believed', async () => {
    const inner = memoryCache();
    const cache: ImageCache = {
      ...inner,
      async get(key) {
        const bytes = await inner.get(key);
        bytes?.fill(0, bytes.length - 1);
        return bytes;
      },
    };
    const { generate, submitted } = setUp({ cache });
    await generate();
    expect(codes(await generate())).toEqual(['image-cache-failed']);
    expect(submitted).toHaveLength(2);
  });

  it.each([{}, { get: () => {} }, 'memory', null, []])('that is %o is refused', (cache) => {
    expect(() => setUp({ cache: cache as never })).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTIONS',
        message: expect.stringContaining('cache must be an object with get, set'),
      }),
    );
  });
});
