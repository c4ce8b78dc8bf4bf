import type { Workflow } from '../../spec/index.ts';

/**
 * What a backend does with the jobs of one case:
 * - `succeeds`: makes at least one image, which depends on the seed where the executor declares `seed`;
 * - `runs`: goes on until it is canceled or the case is over;
 * - `fails`: is accepted, then fails in a node.
 *
 * More may come in a minor version: answer a word that you don't know as `succeeds`.
 */
export type ExecutorScenario = 'succeeds' | 'runs' | 'fails';

/** A backend that is set to play one scenario. For an executor inside this process it is little more than a graph. */
export interface ExecutorBackend {
  /** The graph that is submitted, in API format, with an output node. The suite sets its inputs `seed` and `noise_seed`. */
  workflow: Workflow;
  /** Its output nodes. Default: those of core's node classes. */
  outputNodes?: readonly string[] | undefined;
  /** Keys that the executor was given: none may show up in references, snapshots and errors. */
  secrets?: readonly string[] | undefined;
  /** Called once the case is over and the executor was disposed of. */
  close?(): void | Promise<void>;
}
