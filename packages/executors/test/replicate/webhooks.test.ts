import { createCallContext } from 'comfygen/plugin';
import { createTestPlan } from 'comfygen/testing';
import { describe, expect, it } from 'vitest';
import { errorOf } from '../job-bench.ts';
import { openReplicate } from './bench.ts';

const URL = 'https://app.test/hook?token=abc';

async function setUp(timeline = {}) {
  const bench = await openReplicate({ timeline: () => timeline }, { webhook: { url: URL } });
  const { clock, executor, fake } = bench;
  const parse = (call: { headers: Record<string, string>; body: string }, on = executor) =>
    clock.run(on.parseWebhook!(call, createCallContext({ clock })));
  const ref = await bench.submit();
  await clock.settle();
  return { ...bench, parse, ref, callNow: () => fake.webhookCall(ref.id) };
}

describe('43: webhooks', () => {
  it('are asked for, with the first and the last call', async () => {
    const { fake } = await setUp();
    expect(fake.requests[0]!.json()).toMatchObject({
      webhook: URL,
      webhook_events_filter: ['start', 'completed'],
    });
  });

  it('a good one gives reference and snapshot, the same as a look does', async () => {
    const { parse, callNow, inspect, ref, download } = await setUp();
    const { ref: told, snapshot } = await parse(callNow());
    expect(told).toEqual(ref);
    expect(snapshot).toEqual(await inspect(ref));
    expect((await download(snapshot!, told)).mediaType).toBe('image/png');
  });

  it('the key of the account is asked for once, or is given', async () => {
    const { parse, callNow, fake, another } = await setUp();
    await parse(callNow());
    await parse(callNow());
    expect(fake.count('GET /v1/webhooks/default/secret')).toBe(1);
    const webhook = { url: URL, secret: fake.secret };
    await parse(callNow(), another({ webhook, token: '' }));
    expect(fake.count('GET /v1/webhooks/default/secret')).toBe(1);
  });

  it('one of several signatures is enough, whatever the case of the headers', async () => {
    const { parse, callNow } = await setUp();
    const { headers, body } = callNow();
    const others = ['v1a,AAAA', `v1,${btoa('x'.repeat(32))}`, 'v1,no base64!'];
    const signed = {
      'Webhook-Id': headers['webhook-id']!,
      'WEBHOOK-TIMESTAMP': headers['webhook-timestamp']!,
      'Webhook-Signature': [...others, headers['webhook-signature']].join(' '),
    };
    expect((await parse({ headers: signed, body })).snapshot?.state).toBe('succeeded');
  });

  it('the signing key shows up in no error', async () => {
    const { parse, callNow, another, fake } = await setUp();
    const webhook = { url: URL, secret: 'whsec_planted!' };
    const error = await errorOf(parse(callNow(), another({ webhook })));
    expect(error.code).toBe('INVALID_OPTIONS');
    const { headers, body } = callNow();
    const refused = await errorOf(parse({ headers, body: `${body} ` }));
    for (const one of [error, refused]) {
      expect(`${one} ${JSON.stringify(one)}`).not.toContain('planted');
      expect(`${one} ${JSON.stringify(one)}`).not.toContain(fake.secret);
    }
  });

  it('a plan without a webhook asks for none', async () => {
    const { executor, call, clock, fake } = await openReplicate();
    await clock.run(executor.submit(createTestPlan(), call()));
    expect(fake.requests[0]!.json()).not.toHaveProperty('webhook');
  });
});
