import { expect, it } from 'vitest';
import { readServerEvents } from './server-events.ts';

async function read(...pieces: string[]) {
  const bytes = (async function* () {
    for (const piece of pieces) yield new TextEncoder().encode(piece);
  })();
  const events: unknown[] = [];
  for await (const event of readServerEvents(bytes)) events.push(event);
  return events;
}

it('reads events in whatever pieces they come', async () => {
  const text = 'event: status\ndata: {"a":1}\n\n: ping\n\ndata: one\ndata: two\nid: 7\n\n';
  const expected = [
    { event: 'status', data: '{"a":1}' },
    { event: 'message', data: 'one\ntwo' },
  ];
  expect(await read(text)).toEqual(expected);
  expect(await read(...text)).toEqual(expected);
  expect(await read(...text.replaceAll('\n', '\r\n'))).toEqual(expected);
});

it('keeps letters whole that are cut in two, and drops half an event', async () => {
  const bytes = new TextEncoder().encode('data: é\n\ndata: lost');
  const pieces = (async function* () {
    for (const byte of bytes) yield Uint8Array.of(byte);
  })();
  const events = [];
  for await (const { data } of readServerEvents(pieces)) events.push(data);
  expect(events).toEqual(['é']);
});

it('ends at an event that grows without an end', async () => {
  async function* endless() {
    yield new TextEncoder().encode('data: a\n\ndata: ');
    for (;;) yield new Uint8Array(512 * 1024).fill(65);
  }
  const events: string[] = [];
  const read = (async () => {
    for await (const { data } of readServerEvents(endless())) events.push(data);
  })();
  await expect(read).rejects.toThrow(RangeError);
  expect(events).toEqual(['a']);
});
