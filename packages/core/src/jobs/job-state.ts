import type { JobEvent, JobState } from '../spec/index.ts';

/** Where in a job's life a state stands. */
const OVER = 3;
const ORDER: { [state in JobState]: number } = {
  queued: 0,
  running: 1,
  canceling: 2,
  succeeded: OVER,
  failed: OVER,
  canceled: OVER,
  expired: OVER,
};

/** Whether nothing follows any more, by a snapshot or a state event: `succeeded`, `failed`, `canceled`, `expired`. */
export function isTerminal({ state }: { state: JobState }): boolean {
  return ORDER[state] === OVER;
}

/**
 * A filter for a job's events: `pass` is false for one that comes twice or late, so that no state goes back, no
 * progress falls, and nothing follows the final state. `over` is true once the final state has passed.
 */
export function createForwardGate(): { pass(event: JobEvent): boolean; readonly over: boolean } {
  let reached = -1;
  let fraction = 0;
  return {
    pass(event) {
      if (reached === OVER) return false;
      if (event.type === 'progress') {
        if (event.progress.fraction < fraction) return false;
        fraction = event.progress.fraction;
      }
      if (event.type !== 'state') return true;
      if (ORDER[event.state] <= reached) return false;
      reached = ORDER[event.state];
      return true;
    },
    get over() {
      return reached === OVER;
    },
  };
}
