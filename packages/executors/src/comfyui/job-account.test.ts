import { describe, expect, it } from 'vitest';
import { createJobAccount } from './job-account.ts';
import type { ServerEvent } from './read-message.ts';

const promptId = 'job';
const source = { serial: 1, tellsCached: true };
const files = (name: string) => ({ images: [{ filename: name, subfolder: '', type: 'output' }] });
const executed = (node: string, output: unknown = files(`${node}.png`)): ServerEvent => ({
  type: 'executed',
  promptId,
  node,
  output,
});
const START: ServerEvent = { type: 'start', promptId, timestamp: 10 };
const cached = (...nodes: string[]): ServerEvent => ({ type: 'cached', promptId, nodes });
const SUCCESS: ServerEvent = { type: 'success', promptId, timestamp: 25 };

function hear(events: ServerEvent[], given = source, outputNodes = ['save', 'look']) {
  const account = createJobAccount(outputNodes);
  return events.map((event) => account.hear(event, given)).at(-1);
}

const WHOLE = [START, cached('load'), executed('look'), executed('save'), SUCCESS];

describe('the account of a job', () => {
  it('that is whole ends as the history has it', () => {
    expect(hear(WHOLE)).toEqual({
      outputs: { look: files('look.png'), save: files('save.png') },
      status: {
        status_str: 'success',
        completed: true,
        messages: [
          ['execution_start', { timestamp: 10 }],
          ['execution_cached', { nodes: ['load'] }],
          ['execution_success', { timestamp: 25 }],
        ],
      },
    });
  });

  it('is not spoilt by what says nothing of files', () => {
    const beside: ServerEvent[] = [
      { type: 'executing', promptId, node: 'save' },
      { type: 'step', promptId, node: 'save', value: 1, max: 2 },
      executed('text', null),
    ];
    expect(
      Object.keys(hear([...WHOLE.slice(0, 2), ...beside, ...WHOLE.slice(2)])!.outputs!),
    ).toEqual(['look', 'save']);
  });

  it.each(WHOLE.map((_, at) => at))('is not whole without its message %i', (at) => {
    expect(hear(WHOLE.toSpliced(at, 1))).toBeUndefined();
  });

  it.each(WHOLE.slice(1).map((_, at) => at))('is not whole with %i and the next swapped', (at) => {
    const swapped = WHOLE.toSpliced(at, 2, WHOLE[at + 1]!, WHOLE[at]!);
    const account = createJobAccount(['save', 'look']);
    const ends = swapped.map((event) => account.hear(event, source));
    // Outputs may come in any order.
    expect(ends.some((end) => end !== undefined)).toBe(at === 2);
  });

  it('is not whole where an output came from the cache, failed or never came', () => {
    expect(hear([START, cached('look'), ...WHOLE.slice(2)])).toBeUndefined();
    expect(hear([...WHOLE.slice(0, 4), { type: 'trouble', promptId }, SUCCESS])).toBeUndefined();
    expect(hear([...WHOLE.slice(0, 3), executed('save', null), SUCCESS])).toBeUndefined();
    expect(hear(WHOLE, source, [])).toBeUndefined();
  });

  it('is not whole where another socket told a part of it, or it was told twice', () => {
    const account = createJobAccount(['save', 'look']);
    const ends = WHOLE.map((event, at) =>
      account.hear(event, { ...source, serial: at < 2 ? 1 : 2 }),
    );
    expect(ends.at(-1)).toBeUndefined();
    expect(hear([START, ...WHOLE])).toBeUndefined();
  });

  it('is whole with a cached node only where the server tells of all of these', () => {
    const silent = { ...source, tellsCached: false };
    expect(hear(WHOLE, silent)).toBeUndefined();
    expect(hear([START, cached(), ...WHOLE.slice(2)], silent)).toBeDefined();
  });

  it('keeps no more than some hundred nodes', () => {
    const many = Array.from({ length: 300 }, (_, at) => executed(String(at)));
    expect(hear([...WHOLE.slice(0, 4), ...many, SUCCESS])).toBeUndefined();
  });
});
