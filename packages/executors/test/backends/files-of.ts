import type { Workflow } from 'comfygen/plugin';
import { createTestClock, type MadeFile } from 'comfygen/testing';
import { coreCatalogue } from 'comfygen/workflow/catalogue';
import { paintJob } from '../../src/testing/paint-job.ts';

/** The pictures that a graph makes on any of the fakes. */
export async function filesOf(workflow: Workflow): Promise<MadeFile[]> {
  const files = await paintJob(workflow, {
    clock: createTestClock(),
    info: coreCatalogue,
    timeline: {},
    signal: new AbortController().signal,
  });
  return files
    .filter(({ temp }) => !temp)
    .map(({ nodeId, bytes }) => ({ nodeId, bytes: new Uint8Array(bytes) }));
}
