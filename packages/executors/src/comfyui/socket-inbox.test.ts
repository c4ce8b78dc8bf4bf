import { expect, it } from 'vitest';
import type { ServerEvent } from './read-message.ts';
import { createSocketInbox } from './socket-inbox.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

function setUp(maxFrameBytes = 1_000_000) {
  const events: ServerEvent[] = [];
  const floods: string[] = [];
  const inbox = createSocketInbox({
    maxFrameBytes,
    onEvent: (event) => events.push(event),
    onFlood: (what) => floods.push(what),
  });
  return { events, floods, inbox };
}

const progress = (value: number, id = 'a') =>
  JSON.stringify({ type: 'progress', data: { value, max: 9e9, prompt_id: id, node: '3' } });
const executing = (node: string | null) =>
  JSON.stringify({ type: 'executing', data: { node, prompt_id: 'a' } });

it('reads at once what comes at a job’s pace', async () => {
  const { events, inbox } = setUp();
  for (let step = 1; step <= 300; step += 1) {
    if (step % 50 === 0) await turn();
    inbox.take(progress(step));
    expect(events).toHaveLength(step);
  }
});

it('of a flood keeps all but what a newer one says better, in order', async () => {
  const { events, floods, inbox } = setUp();
  for (let step = 1; step <= 5_000; step += 1) {
    inbox.take(progress(step));
    inbox.take(progress(step, 'b'));
    if (step % 1_000 === 0) inbox.take(executing(String(step)));
  }
  inbox.take(executing(null));
  expect(events.length).toBeLessThan(200);
  for (let wait = 0; wait < 50; wait += 1) await turn();
  const steps = events.flatMap((event) => (event.type === 'step' ? [event] : []));
  expect(steps.length).toBeLessThan(300);
  for (const id of ['a', 'b'])
    expect(steps.findLast(({ promptId }) => promptId === id)!.value).toBe(5_000);
  const nodes = events.flatMap((event) => (event.type === 'executing' ? [event.node] : []));
  expect(nodes).toEqual(['1000', '2000', '3000', '4000', '5000', null]);
  expect(floods).toEqual([]);
});

it('reads a long message too, in its turn', async () => {
  const { events, inbox } = setUp();
  const nodes = Object.fromEntries(
    Array.from({ length: 9_000 }, (_, id) => [id, { value: 1, max: 1, state: 'finished' }]),
  );
  inbox.take(JSON.stringify({ type: 'progress_state', data: { prompt_id: 'a', nodes } }));
  inbox.take(executing(null));
  while (events.length < 2) await turn();
  expect(events.map(({ type }) => type)).toEqual(['nodes', 'executing']);
});

it.each([
  ['a message above the limit', (take: (data: unknown) => void) => take('x'.repeat(200_001))],
  ['a binary one', (take: (data: unknown) => void) => take(new ArrayBuffer(200_001))],
  [
    'more than can wait',
    (take: (data: unknown) => void) => {
      for (let at = 0; at < 60_000; at += 1) take(executing(String(at)));
    },
  ],
])('says once that %s came, and reads nothing after it', async (_what, send) => {
  const { events, floods, inbox } = setUp(200_000);
  send(inbox.take);
  const before = events.length;
  send(inbox.take);
  for (let wait = 0; wait < 20; wait += 1) await turn();
  expect(floods).toHaveLength(1);
  expect(events).toHaveLength(before);
});
