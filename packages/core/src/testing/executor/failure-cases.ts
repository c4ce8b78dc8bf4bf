import assert from 'node:assert/strict';
import { isErrorCode } from '../../errors/codes.ts';
import type { JobFailure, JobRef, Plan, Workflow } from '../../spec/index.ts';
import { isLink } from '../../workflow/links.ts';
import { assertJsonSafe, assertNoSecret, rejection, typedError } from '../check.ts';
import type { ExecutorBench, ExecutorCase } from './executor-bench.ts';

const UNKNOWN_CLASS = 'ComfygenNoSuchNode';

export const failureCases: ExecutorCase[] = [
  {
    name: 'says why a job failed, with a code',
    scenario: 'fails',
    async run({ backend, submit, end }) {
      const { state, failure } = await end(await submit());
      assert.equal(state, 'failed', `the job ended as ${state}; the backend was set to fail it`);
      assertFailure(failure);
      assertNoSecret(failure, backend.secrets, 'a failure');
    },
  },
  {
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
  {
    name: 'calls an unknown job lost, without waiting for it',
    async run({ executor, end, submit }) {
      const own = await submit();
      await end(own);
      const stranger: JobRef = { ...own, id: globalThis.crypto.randomUUID() };
      const outcome = await end(stranger).catch((error: unknown) => error);
      if (outcome instanceof Error) {
        const { code } = typedError(outcome, 'what inspect throws for an unknown job');
        assert.ok(['JOB_LOST', 'NOT_FOUND'].includes(code), `an unknown job gave ${code}`);
        return;
      }
      const { state, failure } = outcome as Awaited<ReturnType<typeof end>>;
      assert.ok(state === 'failed' || state === 'expired', `an unknown job is ${state}`);
      if (state === 'failed') assertFailure(failure);
      assert.equal(typeof executor.name, 'string');
    },
  },
  {
    name: 'refuses an output that no job made with an error of ours',
    async run({ executor, submit, end, call }) {
      const ref = await submit();
      const { outputs } = await end(ref);
      const stranger: JobRef = { ...ref, id: globalThis.crypto.randomUUID() };
      const other = { ...outputs[0]!, ref: {}, index: 999, fileName: 'no-such-file.png' };
      typedError(await rejection(executor.download(other, stranger, call()), 'download()'), 'it');
    },
  },
];

/** What became of a plan that can't run: the error of submit, or the failure of its job. */
async function refusalOf({ backend, submit, end }: ExecutorBench, plan: Plan) {
  let ref: JobRef;
  try {
    ref = await submit(plan);
  } catch (caught) {
    const error = typedError(caught, 'what submit throws for an unknown node');
    assertNoSecret(error, backend.secrets, 'an error');
    return { code: error.code, text: `${error.message} ${JSON.stringify(error.details)}` };
  }
  const { state, failure } = await end(ref);
  assert.equal(state, 'failed', `a graph with an unknown node ended as ${state}`);
  assertFailure(failure);
  return { code: failure.code, text: JSON.stringify(failure) };
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
