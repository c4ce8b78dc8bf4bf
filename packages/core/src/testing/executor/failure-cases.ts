import assert from 'node:assert/strict';
import { isErrorCode } from '../../errors/codes.ts';
import type { JobFailure, JobRef, Plan, Workflow } from '../../spec/index.ts';
import { isLink } from '../../workflow/graph.ts';
import { assertJsonSafe, assertNoSecret, typedError } from '../check.ts';
import type { ExecutorBench, ExecutorCase } from './executor-bench.ts';

const UNKNOWN_CLASS = 'ComfygenNoSuchNode';

const missingCases = (['missing-model', 'missing-input'] as const).map(
  (scenario): ExecutorCase => ({
    proves: 37,
    name: `names the node of what is not there, with the code of a ${scenario}`,
    scenario,
    async run(bench) {
      const { faultyNode } = bench.backend;
      const { code, nodeId, text } = await refusalOf(bench, bench.plan());
      const expected = scenario === 'missing-model' ? 'MISSING_MODEL' : 'MISSING_INPUT';
      assert.equal(code, expected, text);
      if (faultyNode === undefined) return;
      // What is found out before any request may list several.
      assert.ok(nodeId === faultyNode || text.includes(faultyNode), `no ${faultyNode}: ${text}`);
    },
  }),
);

export const failureCases: ExecutorCase[] = [
  {
    proves: 37,
    name: 'says why a job failed, with a code',
    scenario: 'fails',
    async run({ backend, play }) {
      const { state, failure } = (await play()).snapshot;
      assert.equal(state, 'failed', `the job ended as ${state}; the backend was set to fail it`);
      assertFailure(failure);
      assertNoSecret(failure, backend.secrets, 'a failure');
      if (backend.faultyNode === undefined) return;
      assert.deepEqual([failure.code, failure.nodeId], ['EXECUTION_FAILED', backend.faultyNode]);
    },
  },
  {
    proves: 37,
    name: 'names a node class that the backend does not have',
    async run(bench) {
      const plan = bench.plan();
      plan.workflow = withUnknownClass(plan);
      const { code, text } = await refusalOf(bench, plan);
      const expected = ['MISSING_NODE', 'INVALID_WORKFLOW', 'EXECUTION_FAILED'];
      assert.ok(expected.includes(code), `an unknown node gave ${code}`);
      assert.ok(text.includes(UNKNOWN_CLASS), `the node's class is not named: ${text}`);
    },
  },
  ...missingCases,
  {
    proves: 38,
    name: 'does not want a plan tried again whose graph is at fault',
    scenario: 'fails',
    async run({ play }) {
      const { failure } = (await play()).snapshot;
      assert.equal(failure?.retryable, false, `${failure?.code} would be tried again`);
    },
  },
  {
    proves: 38,
    name: 'lets a plan be tried again where the host is at fault',
    needs: ['http'],
    scenario: 'host-fault',
    async run({ play }) {
      const { state, failure } = (await play()).snapshot;
      assert.deepEqual([state, failure?.code], ['failed', 'HOST_FAULT']);
      assert.equal(failure?.retryable, true);
    },
  },
  {
    proves: 39,
    name: 'keeps the images of a partial success, and warns of what is lost',
    needs: ['http'],
    scenario: 'partly-fails',
    async run({ play }) {
      const { state, outputs, warnings } = (await play()).snapshot;
      assert.deepEqual([state, outputs.length > 0], ['succeeded', true]);
      assert.ok(warnings.length > 0, 'what is lost is not said');
    },
  },
];

/** What became of a plan that can't run: the error of submit, or the failure of its job. */
async function refusalOf({ backend, submit, end }: ExecutorBench, plan: Plan) {
  let ref: JobRef;
  try {
    ref = await submit(plan);
  } catch (caught) {
    const error = typedError(caught, 'what submit throws for a plan that can’t run');
    assertNoSecret(error, backend.secrets, 'an error');
    const { code, message, details } = error;
    return { code, nodeId: details['nodeId'], text: `${message} ${JSON.stringify(details)}` };
  }
  const { state, failure } = await end(ref);
  assert.equal(state, 'failed', `a plan that can't run ended as ${state}`);
  assertFailure(failure);
  return { code: failure.code, nodeId: failure.nodeId, text: JSON.stringify(failure) };
}

function assertFailure(failure: JobFailure | undefined): asserts failure is JobFailure {
  assert.ok(failure, 'a failed job must say why');
  assert.ok(isErrorCode(failure.code), `${failure.code} is no code of docs/errors.md`);
  assert.ok(failure.message, 'a failure needs a message');
  assert.equal(typeof failure.retryable, 'boolean');
  assertJsonSafe(failure, 'the failure');
}

/** The graph with the node that feeds its first output replaced by one of a class that nobody has. */
function withUnknownClass({ workflow, outputNodes }: Plan): Workflow {
  const [output = ''] = outputNodes;
  const feeding = Object.values(workflow[output]?.inputs ?? {}).find(isLink);
  const id = feeding && Object.hasOwn(workflow, feeding[0]) ? feeding[0] : output;
  return { ...workflow, [id]: { ...workflow[id]!, class_type: UNKNOWN_CLASS } };
}
