import assert from 'node:assert/strict';
import { errorOf } from '../check.ts';
import type { ExecutorBench, ExecutorCase } from './executor-bench.ts';
import type { WebhookBackend, WebhookCall } from './http-backend.ts';
import { backendHas } from './need-http.ts';

const HOUR_MS = 3_600_000;
const NONSENSE = ['', 'null', '{}', '<html>', '{"id":7}', '{"id":"../../secret"}'];

export const webhookCases: ExecutorCase[] = [
  {
    proves: 43,
    name: 'finds the job of a webhook call, however often and late it comes',
    needs: ['parseWebhook'],
    scenario: 'takes-time',
    async run(bench) {
      const { executor, submit, advance, call, end } = bench;
      const webhooks = webhooksOf(bench);
      const { id } = await submit();
      const early = webhooks.call(id);
      await advance(60_000);
      const late = webhooks.call(id);
      for (const one of [late, late, early]) {
        const { ref, snapshot } = await executor.parseWebhook!(one, call());
        assert.deepEqual([ref.id, ref.executor], [id, executor.name]);
        assert.equal((await end(ref)).state, 'succeeded', 'its reference does not hold');
        const state = snapshot?.state ?? 'succeeded';
        assert.equal(state, 'succeeded', 'a call that came late has put the job back');
      }
    },
  },
  {
    proves: 43,
    name: 'takes the word of no webhook call that nobody signed',
    needs: ['parseWebhook'],
    scenario: 'runs',
    async run(bench) {
      const webhooks = webhooksOf(bench);
      const { id } = await bench.submit();
      const forged = { headers: {}, body: finished(webhooks.call(id).body) };
      if (webhooks.signed) await assertRefused(bench, forged);
      else {
        const { snapshot } = await bench.executor.parseWebhook!(forged, bench.call());
        assert.equal(snapshot, null, 'it was believed');
      }
    },
  },
  {
    proves: 43,
    name: 'refuses webhook calls whose signature, time, name or body is not as it was signed',
    needs: ['parseWebhook'],
    async run(bench) {
      const webhooks = webhooksOf(bench);
      const { ref } = await bench.play();
      const { headers, body } = webhooks.call(ref.id);
      if (!webhooks.signed) return assertHarmless(bench, { headers: {}, body });
      const changed = Object.keys(headers).map((name) => ({
        headers: { ...headers, [name]: altered(headers[name]!) },
        body,
      }));
      const indented = JSON.stringify(JSON.parse(body), null, 2);
      for (const bad of [...changed, { headers, body: indented }, { headers, body: `${body} ` }])
        await assertRefused(bench, bad);
      await bench.executor.parseWebhook!(webhooks.call(ref.id, 2), bench.call());
      await bench.advance(HOUR_MS / 2);
      await assertRefused(bench, { headers, body });
    },
  },
  {
    proves: 43,
    name: 'refuses webhook calls that name no job',
    needs: ['parseWebhook'],
    async run(bench) {
      for (const body of NONSENSE) await assertRefused(bench, { headers: {}, body });
    },
  },
];

function webhooksOf({ backend }: ExecutorBench): WebhookBackend {
  return backendHas(backend.webhooks, 'webhooks');
}

/** Of a call that nobody signed only the job's name is taken. */
async function assertHarmless({ executor, call }: ExecutorBench, one: WebhookCall): Promise<void> {
  const { snapshot } = await executor.parseWebhook!(one, call());
  assert.equal(snapshot, null, 'a call that nobody signed was believed');
}

async function assertRefused({ executor, call }: ExecutorBench, bad: WebhookCall): Promise<void> {
  const { code } = await errorOf(executor.parseWebhook!(bad, call()), 'parseWebhook()');
  assert.ok(['FORBIDDEN', 'PROTOCOL'].includes(code), `a bad call gave ${code}`);
}

/** The call of a job that goes on, as if it had ended well. */
function finished(body: string): string {
  return JSON.stringify({ ...JSON.parse(body), status: 'COMPLETED', output: [] });
}

function altered(value: string): string {
  return value.endsWith('1') ? `${value.slice(0, -1)}2` : `${value.slice(0, -1)}1`;
}
