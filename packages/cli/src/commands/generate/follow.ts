import type { ComfyGen } from 'comfygen';
import type { ProgressView } from '../../render/progress.ts';

/** Shows a run's events as they come. */
export function followRun(comfygen: ComfyGen, view: ProgressView): void {
  const { events } = comfygen;
  events.on('run-start', () => view.update({ activity: 'choosing a workflow' }));
  events.on('plan-selected', ({ flowId }) => view.update({ activity: `chose ${flowId}` }));
  events.on('execute-progress', ({ progress }) => {
    const { fraction, classType, node, step, steps } = progress;
    view.update({ activity: classType ?? node ?? 'running', fraction, step, steps });
  });
  events.on('execute-retry', ({ error }) => view.note(`trying again: ${error.message}`));
  events.on('execute-end', () => view.update({ activity: 'scoring', fraction: 1 }));
}
