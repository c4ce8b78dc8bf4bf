import { ComfygenError } from 'comfygen/plugin';
import { afterEach, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../runtime/limits.ts';
import { defineNode } from '../runtime/node-definition.ts';
import type { Task, TaskContext, TaskEvent } from './draw-task.ts';
import { createDrawer, type Drawer } from './drawer.ts';
import { createThreadKeeper } from './thread-keeper.ts';

const odd = createThreadKeeper(new URL('../../test/support/odd-worker.ts', import.meta.url));
const inputFiles = { list: async () => [], read: async () => new Uint8Array(0) };
const settings = { ...DEFAULT_LIMITS, cacheBytes: 0 };
const made: Drawer[] = [];

function create(): Drawer {
  const drawer = createDrawer({ settings, inputFiles, drawHere: async () => {}, keeper: odd });
  made.push(drawer);
  return drawer;
}

afterEach(() => {
  for (const drawer of made.splice(0)) drawer.dispose();
});

/** A task of one node, whose class says what the thread does. */
function taskOf(classType: string): Task {
  const definition = defineNode<object>({
    classType,
    inputs: { required: {} },
    outputs: [],
    run: () => [],
  });
  const graph = { nodes: [{ id: '1', definition, inputs: {} }], warnings: [] };
  return { graph, workflow: {}, record: {}, strict: false };
}

function listen(stop = new AbortController(), onEvent: (event: TaskEvent) => void = () => {}) {
  const told: TaskEvent[] = [];
  const context: TaskContext = {
    signal: stop.signal,
    tell(event) {
      told.push(event);
      onEvent(event);
    },
    isWatched: () => false,
  };
  return { told, context, stop };
}

describe('a thread that does not stop', () => {
  it('is left behind by an abort, and the next task gets another', async () => {
    const drawer = create();
    const stop = new AbortController();
    const reason = new ComfygenError('CANCELED', 'enough');
    const { context } = listen(stop, () => stop.abort(reason));
    await expect(drawer.draw(taskOf('Busy'), context)).rejects.toBe(reason);
    await drawer.draw(taskOf('Draw'), listen().context);
  });

  it('goes on with what else it draws', async () => {
    const drawer = create();
    const first = listen();
    const waiting = drawer.draw(taskOf('Wait'), first.context);
    const stop = new AbortController();
    const second = drawer.draw(taskOf('Wait'), listen(stop).context);
    // Both are in the thread once a third has been through it.
    await drawer.draw(taskOf('Draw'), listen().context);
    stop.abort(new Error('stopped'));
    await expect(second).rejects.toThrow('stopped');
    await drawer.draw(taskOf('Draw'), listen().context);
    const state = await Promise.race([waiting.then(() => 'over'), Promise.resolve('waits')]);
    expect(state).toBe('waits');
    first.stop.abort(new Error('stopped, too'));
    await expect(waiting).rejects.toThrow('stopped, too');
  });
});

describe('a thread that dies', () => {
  it.each([
    ['Throw', 'ended: out of paint'],
    ['Exit', 'ended.'],
    ['Fill', 'out of memory'],
  ])('by %s fails its task as a fault of the host, and the next gets another', async (how, why) => {
    const drawer = create();
    const dying = drawer.draw(taskOf(how), listen().context);
    await expect(dying).rejects.toMatchObject({
      code: 'HOST_FAULT',
      retryable: true,
      message: expect.stringContaining(why),
    });
    const next = listen();
    await drawer.draw(taskOf('Draw'), next.context);
    expect(next.told).toEqual([]);
  });
});

describe('where no thread can be started', () => {
  it('draws on the own thread, and says so', async () => {
    const drawn: Task[] = [];
    const drawer = createDrawer({
      settings,
      inputFiles,
      drawHere: async (task) => void drawn.push(task),
      keeper: createThreadKeeper(new URL('./no-such-program.ts', import.meta.url)),
    });
    for (const task of [taskOf('Draw'), taskOf('Draw')]) {
      const { context, told } = listen();
      await drawer.draw(task, context);
      expect(drawn.at(-1)).toBe(task);
      expect(told).toMatchObject([{ type: 'warning', warning: { code: 'no-worker' } }]);
    }
  });
});
