import assert from 'node:assert/strict';
import { comfyui } from '@comfygen/executors/comfyui';
import { type FakeTimeline, startFakeComfyui } from '@comfygen/executors/testing';
import { createComfyGen, defineFlow } from 'comfygen';
import { createTestGraph } from 'comfygen/testing';
import { describe, it, onTestFinished } from 'vitest';
import { createApp } from './app.ts';
import { serve } from './serve.ts';

async function setUp(timeline: FakeTimeline) {
  const fake = await startFakeComfyui({ timeline: () => timeline });
  const comfygen = createComfyGen({
    flows: [defineFlow({ id: 'plain', workflow: createTestGraph() })],
    executor: comfyui({ url: fake.url }),
  });
  onTestFinished(async () => {
    await comfygen.dispose();
    await fake.close();
  });
  const outcome = new Promise<string>((resolve) => {
    comfygen.events.on('run-end', (event) => resolve(event.outcome));
  });
  return { app: createApp(comfygen), fake, outcome };
}

describe('web-progress', () => {
  it('tells how far a picture is, and ends with it', async () => {
    const { app } = await setUp({ stepMs: 5 });
    const text = await (await app.request('/pictures?prompt=a%20fox')).text();
    const names = [...text.matchAll(/^event: (\w+)$/gm)].map(([, name]) => name);
    assert.deepEqual([names[0], names.at(-1)], ['start', 'picture']);
    assert.ok(names.includes('progress'));
    const { mediaType, base64 } = JSON.parse(/^event: picture\ndata: (.*)$/m.exec(text)![1]!);
    assert.equal(mediaType, 'image/png');
    assert.equal(Buffer.from(base64, 'base64').toString('latin1', 1, 4), 'PNG');
  });

  it('says what went wrong', async () => {
    const { app } = await setUp({});
    const text = await (await app.request('/pictures?prompt=')).text();
    assert.match(text, /^event: failed\ndata: \{"code":"INVALID_BRIEF"/m);
  });

  it('cancels the job of a visitor who goes away', async () => {
    const { app, fake, outcome } = await setUp({ holds: 'KSampler' });
    const { server, url } = await serve(app, 0);
    onTestFinished(() => void server.close());
    const gone = new AbortController();
    const answer = await fetch(`${url}/pictures?prompt=a%20fox`, { signal: gone.signal });
    const reader = answer.body!.getReader();
    let text = '';
    while (!text.includes('event: progress'))
      text += new TextDecoder().decode((await reader.read()).value);
    gone.abort();
    assert.equal(await outcome, 'aborted');
    assert.equal(fake.state.running, undefined);
    assert.equal(fake.count('POST /api/prompt'), 1);
  });
});
