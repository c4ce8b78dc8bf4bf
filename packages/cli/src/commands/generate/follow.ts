import type { ComfyGen } from 'comfygen';
import type { ProgressView } from '../../render/progress.ts';
import { plain } from '../../render/text.ts';

/** What comes after a try that failed. */
const NEXT = {
  again: 'trying again',
  flow: 'trying the next flow',
  executor: 'trying the next executor',
};

/** Shows a run's events as they come. */
export function followRun({ events }: Pick<ComfyGen, 'events'>, view: ProgressView): void {
  events.on('run-start', () => view.update({ activity: 'choosing a workflow' }));
  events.on('execute-start', ({ flowId, executor }) => {
    view.update({ activity: `${flowId} on ${executor}`, fraction: 0 });
  });
  events.on('execute-progress', ({ fraction, classType, node, step, steps }) => {
    view.update({ activity: classType ?? node ?? 'running', fraction, step, steps });
  });
  events.on('execute-retry', ({ attempt, next }) => {
    const why = (attempt.error?.message ?? 'failed').replace(/\.$/, '');
    view.note(plain(`${attempt.flowId}: ${why}; ${NEXT[next]}`));
  });
  events.on('candidate-end', ({ candidate: { flowId, outcome, reason } }) => {
    if (outcome !== 'succeeded') view.note(plain(`${flowId} ${outcome}: ${reason}`));
  });
  events.on('execute-end', ({ attempt }) => {
    if (attempt.outcome === 'succeeded') view.update({ activity: 'scoring', fraction: 1 });
  });
}
