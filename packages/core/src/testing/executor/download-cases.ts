import assert from 'node:assert/strict';
import type { ErrorCode } from '../../errors/codes.ts';
import type { JobRef } from '../../spec/index.ts';
import { errorOf } from '../check.ts';
import type { ExecutorCase } from './executor-bench.ts';
import type { HttpFault } from './http-backend.ts';
import { httpOf } from './need-http.ts';

const PASSING: HttpFault[] = [{ kind: 'status', status: 500 }, { kind: 'reset' }];

const BAD: [what: string, fault: HttpFault, proves: number, code: ErrorCode][] = [
  ['half a file HOST_FAULT', { kind: 'truncated' }, 31, 'HOST_FAULT'],
  ['a login page in place of a file PROTOCOL', { kind: 'html' }, 31, 'PROTOCOL'],
  ['a file that is gone OUTPUT_EXPIRED', { kind: 'status', status: 404 }, 29, 'OUTPUT_EXPIRED'],
  ['a file above the limit PAYLOAD_TOO_LARGE', { kind: 'oversized' }, 35, 'PAYLOAD_TOO_LARGE'],
];

const badCases = BAD.map(
  ([what, fault, proves, code]): ExecutorCase => ({
    proves,
    name: `calls ${what}`,
    needs: ['http'],
    operation: 'download',
    async run(bench) {
      const http = httpOf(bench, 'download');
      const { ref, snapshot } = await bench.play();
      http.meetAlways('download', fault);
      const download = bench.executor.download(snapshot.outputs[0]!, ref, bench.call());
      assert.equal((await errorOf(download, 'download()')).code, code);
    },
  }),
);

const passingCases = PASSING.map(
  (fault): ExecutorCase => ({
    proves: 30,
    name: `gets its image after a download that met ${fault.kind}`,
    needs: ['http'],
    operation: 'download',
    async run(bench) {
      const http = httpOf(bench, 'download');
      http.meet('download', fault, { kind: 'truncated' });
      const { images } = await bench.run(bench.host().generate('a red apple'));
      assert.deepEqual([images.length, await http.accepted()], [1, 1]);
    },
  }),
);

export const downloadCases: ExecutorCase[] = [
  ...badCases,
  ...passingCases,
  {
    proves: 29,
    name: 'refuses an output that no job made with an error of ours',
    async run({ executor, play, call }) {
      const { ref, snapshot } = await play();
      const stranger: JobRef = { ...ref, id: globalThis.crypto.randomUUID() };
      const other = {
        ...snapshot.outputs[0]!,
        ref: {},
        index: 999,
        fileName: 'no-such-file.png',
      };
      await errorOf(executor.download(other, stranger, call()), 'download()');
    },
  },
];
