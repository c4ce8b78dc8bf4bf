import type { JobProgress } from 'comfygen/plugin';
import type { ServerEvent } from './read-message.ts';
import { emit, moveJob, type TrackedJob } from './tracked-job.ts';

/** What an event says of its job; passes it on to who watches. `true` once the job is over. */
export function takeEvent(job: TrackedJob, event: ServerEvent, now: number): boolean {
  if (job.phase === 'ended') return false;
  job.heardAt = now;
  if (event.type === 'preview') {
    const { bytes, mediaType, node: nodeId } = event;
    emit(job, { type: 'preview', bytes, mediaType, nodeId });
    return false;
  }
  if (event.type === 'executing' && event.node === null) return true;
  moveJob(job, 'running');
  job.begun = event.type === 'start';
  const progress = progressOf(job, event);
  if (progress) emit(job, { type: 'progress', progress: { ...progress } });
  return false;
}

function progressOf({ meter }: TrackedJob, event: ServerEvent): JobProgress | undefined {
  if (event.type === 'cached') return meter.cached(event.nodes);
  if (event.type === 'executing' && event.node !== null) return meter.start(event.node);
  if (event.type === 'step') return meter.step(event.node, event.value, event.max);
  if (event.type === 'nodes') return meter.nodes(event.nodes);
  return undefined;
}
