import { expect, it } from 'vitest';
import { textToImage } from './support/graphs.ts';
import { createExecutor, createPlan, runToEnd } from './support/run-plan.ts';
import { createTwoColourLibrary } from './support/two-colour-library.ts';

const workflow = textToImage({ positive: { text: 'a red zebra' } });

it('reports words that the model does not know', async () => {
  const { snapshot, events } = await runToEnd(createExecutor(), workflow);
  expect(snapshot).toMatchObject({
    state: 'succeeded',
    warnings: [{ code: 'unknown-words', details: { nodeId: 'positive', words: ['a', 'zebra'] } }],
  });
  expect(events).toContainEqual({ type: 'warning', warning: snapshot.warnings[0] });
});

it('fails on them where the host is strict, before it samples', async () => {
  const uses: string[] = [];
  const models = createTwoColourLibrary((use) => uses.push(use));
  const { snapshot } = await runToEnd(createExecutor({ models, strict: true }), workflow);
  expect(snapshot.failure).toMatchObject({
    code: 'UNKNOWN_WORDS',
    nodeId: 'positive',
    message: expect.stringMatching(/zebra/),
  });
  expect(uses).not.toContain('denoise');
});

it('is as strict as the run asks', async () => {
  const lax = await runToEnd(
    createExecutor({ strict: true }),
    createPlan(workflow, { strict: false }),
  );
  expect(lax.snapshot.state).toBe('succeeded');
  const executor = createExecutor();
  const strict = await runToEnd(executor, createPlan(workflow, { strict: true }));
  expect(strict.snapshot.failure?.code).toBe('UNKNOWN_WORDS');
  // From the cache as well.
  await runToEnd(executor, workflow);
  const again = await runToEnd(executor, createPlan(workflow, { strict: true }));
  expect(again.snapshot.failure?.code).toBe('UNKNOWN_WORDS');
});
