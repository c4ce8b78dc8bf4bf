import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { isErrorCode } from '../../errors/codes.ts';
import { pixelData } from '../picture.ts';
import type { ExecutorCase } from './executor-bench.ts';
import { backendHas, httpOf } from './need-http.ts';

const hashOf = (bytes: Uint8Array) =>
  createHash('sha256').update(pixelData(bytes)).digest('hex').slice(0, 12);

export const outputCases: ExecutorCase[] = [
  {
    proves: 26,
    name: 'sends no key to another origin than the service’s own',
    needs: ['http'],
    async run(bench) {
      const http = httpOf(bench);
      await bench.picture();
      const elsewhere = http.requests().filter(({ origin }) => origin !== http.origin);
      const text = JSON.stringify(elsewhere);
      for (const secret of bench.backend.secrets ?? [])
        assert.ok(!text.includes(secret), `a key went to another origin: ${text}`);
      for (const { headers } of elsewhere)
        for (const name of Object.keys(http.credentials))
          assert.equal(headers[name], undefined, `${name} went to another origin`);
    },
  },
  {
    proves: 27,
    name: 'numbers its outputs, and names their nodes where it says so',
    async run({ executor, plan, play }) {
      const own = plan();
      const { outputs } = (await play(own)).snapshot;
      for (const [place, { index, nodeId }] of outputs.entries()) {
        assert.equal(index, place, 'outputs must be in the order of their index');
        if (executor.supports.nodeOutputs)
          assert.ok(own.outputNodes.includes(String(nodeId)), `${nodeId} is no output node`);
      }
    },
  },
  {
    proves: 27,
    name: 'gives each file of several nodes and batches to its node, in their order',
    needs: ['nodeOutputs'],
    scenario: 'many-outputs',
    async run({ executor, backend, plan, play, call }) {
      const filesOf = backendHas(backend.filesOf, 'filesOf');
      const own = plan();
      const kept = await filesOf(own.workflow);
      const nodes = new Set(kept.map(({ nodeId }) => nodeId));
      assert.ok(nodes.size > 1 && kept.length > nodes.size, 'the graph makes too little');
      const { ref, snapshot } = await play(own);
      const got: string[] = [];
      for (const output of snapshot.outputs) {
        if (!nodes.has(String(output.nodeId))) continue;
        const { bytes } = await executor.download(output, ref, call());
        got.push(`${output.nodeId}: ${hashOf(bytes)}`);
      }
      const expected = kept.map(({ nodeId, bytes }) => `${nodeId}: ${hashOf(bytes)}`);
      assert.deepEqual(got, expected, 'files, nodes or their order differ');
    },
  },
  {
    proves: 28,
    name: 'calls a success without a file OUTPUT_MISSING',
    needs: ['http'],
    scenario: 'no-output',
    async run({ play }) {
      const { state, failure } = (await play()).snapshot;
      assert.deepEqual([state, failure?.code], ['failed', 'OUTPUT_MISSING']);
    },
  },
  {
    proves: 32,
    name: 'leaves previews out where a job keeps something else',
    needs: ['http', 'nodeOutputs'],
    scenario: 'many-outputs',
    async run({ backend, plan, play }) {
      const filesOf = backendHas(backend.filesOf, 'filesOf');
      const own = plan();
      const kept = new Set((await filesOf(own.workflow)).map(({ nodeId }) => nodeId));
      const previews = own.outputNodes.filter((id) => !kept.has(id));
      assert.ok(previews.length > 0, 'the graph has no node that previews');
      const { outputs } = (await play(own)).snapshot;
      const shown = outputs.filter(({ nodeId }) => previews.includes(String(nodeId)));
      assert.deepEqual(shown, [], 'a preview is among the outputs');
    },
  },
  {
    proves: 33,
    name: 'calls a job failed that has no list of files where one should be',
    needs: ['http'],
    scenario: 'odd-output',
    async run({ play }) {
      const { state, failure } = (await play()).snapshot;
      assert.equal(state, 'failed', `without a file the job is ${state}`);
      assert.ok(isErrorCode(String(failure?.code)), `the failure's code is ${failure?.code}`);
    },
  },
  {
    proves: 34,
    name: 'tells of files of other kinds, each with a media type of its kind',
    needs: ['http'],
    scenario: 'other-kinds',
    async run({ play }) {
      const { outputs } = (await play()).snapshot;
      const kinds = outputs.map(({ kind }) => kind).sort();
      assert.deepEqual(kinds, ['image', 'video'], 'a video and an image were made');
      for (const { kind, mediaType } of outputs)
        assert.ok(
          mediaType === null || mediaType.startsWith(`${kind}/`),
          `one that is of kind ${kind} has the media type ${mediaType}`,
        );
    },
  },
  {
    proves: 36,
    name: 'makes no path of a file’s name',
    needs: ['http'],
    scenario: 'unsafe-names',
    async run({ play }) {
      const { outputs } = (await play()).snapshot;
      assert.ok(outputs.length > 0, 'the job lost its images');
      for (const { fileName } of outputs) assert.match(fileName, /^[^/\\]+$/, 'it is a path');
    },
  },
];
