import assert from 'node:assert/strict';
import type { Log } from '../../spec/index.ts';
import { assertJsonSafe, assertNoSecret, assertWarnings } from '../check.ts';
import { spellSecret } from '../secrets.ts';
import type { ExecutorBench, ExecutorCase } from './executor-bench.ts';
import type { HttpFault, HttpOperation } from './http-backend.ts';
import { httpOf } from './need-http.ts';

const CALLED: HttpOperation[] = ['submit', 'inspect', 'cancel', 'download'];

/** A service that says back what it was told, in every way in which it can. */
function echoes(secrets: readonly string[]): HttpFault[] {
  const told = secrets.join(' ');
  const body = { error: `bad key ${told}`, message: `Bearer ${told}`, detail: [told] };
  const spelled = secrets.flatMap(spellSecret);
  return [
    ...spelled.map((text, at) => ({
      kind: 'status' as const,
      status: [400, 401, 500][at % 3]!,
      body: at % 2 === 0 ? text : { message: text, request: { headers: { 'x-seen': [text] } } },
    })),
    ...[200, 400, 401, 403, 422, 429, 500].map((status) => ({
      kind: 'status' as const,
      status,
      body,
    })),
    { kind: 'status', status: 401, body: `no: ${told}` },
    { kind: 'status', status: 502, body: `<html>${told}</html>` },
    { kind: 'reset' },
    { kind: 'silence' },
  ];
}

const echoCases = CALLED.map(
  (operation): ExecutorCase => ({
    proves: 44,
    name: `shows no secret that a service says back to ${operation}()`,
    needs: operation === 'cancel' ? ['http', 'cancel'] : ['http'],
    operation,
    async run(bench) {
      const http = httpOf(bench, operation);
      const secrets = bench.backend.secrets ?? [];
      const said: unknown[] = [];
      const { ref, snapshot } = await bench.play();
      said.push(ref, snapshot);
      for (const fault of echoes(secrets)) {
        http.meetAlways(operation, fault);
        said.push(await callOf(bench, operation, ref, snapshot.outputs[0]!, said));
      }
      http.meetAlways(operation, undefined);
      await http.stop();
      said.push(await callOf(bench, operation, ref, snapshot.outputs[0]!, said));
      await http.start();
      assert.ok(
        said.some((one) => one instanceof Error),
        'nothing went wrong',
      );
      for (const one of said) assertNoSecret(one, secrets, `what came of a ${operation}`);
    },
  }),
);

/** What one call gives or throws; what it logs is noted. */
async function callOf(
  { another, call, plan }: ExecutorBench,
  operation: HttpOperation,
  ...[ref, output, said]: [
    Parameters<ExecutorBench['end']>[0],
    Parameters<ExecutorBench['executor']['download']>[0],
    unknown[],
  ]
): Promise<unknown> {
  const note = (...all: unknown[]) => void said.push(all);
  const log: Log = { debug: note, info: note, warn: note };
  const ctx = { ...call(), log, onRef: async () => {} };
  const executor = another();
  const calls: Partial<Record<HttpOperation, () => Promise<unknown>>> = {
    submit: () => executor.submit(plan(), ctx),
    inspect: () => executor.inspect(ref, ctx),
    cancel: () => executor.cancel!(ref, ctx),
    download: () => executor.download(output, ref, ctx),
  };
  return calls[operation]!().catch((error: unknown) => error);
}

export const hygieneCases: ExecutorCase[] = [
  {
    proves: 44,
    name: 'gives references and snapshots as plain JSON, in its own name, without secrets',
    async run({ executor, backend, submit, end, call }) {
      const ref = await submit();
      assert.equal(ref.executor, executor.name);
      assert.ok(typeof ref.id === 'string' && ref.id !== '', 'a reference needs an id');
      assertJsonSafe(ref, 'the reference');
      const first = await executor.inspect(ref, call());
      const last = await end(ref);
      for (const snapshot of [first, last]) {
        assertJsonSafe(snapshot, 'the snapshot');
        assertWarnings(snapshot.warnings, 'the snapshot');
        assert.equal(typeof snapshot.rawState, 'string', "rawState is the backend's own word");
      }
      assertNoSecret([ref, first, last], backend.secrets, 'a reference or snapshot');
    },
  },
  ...echoCases,
  {
    proves: 44,
    name: 'shows no secret in the events and the record of a run',
    needs: ['http'],
    async run(bench) {
      const host = bench.host();
      const seen: unknown[] = [];
      const note = (event: unknown) => void seen.push(event);
      host.events.on('execute-start', note);
      host.events.on('execute-progress', note);
      host.events.on('execute-end', note);
      host.events.on('run-warning', note);
      const { record, warnings } = await bench.run(host.generate('a red apple'));
      assert.ok(seen.length > 1, 'there was no event');
      assertNoSecret([seen, record, warnings], bench.backend.secrets, 'an event or the record');
    },
  },
];
