import type { Slots, Workflow } from '../../spec/index.ts';
import type { TestClock } from '../clock/test-clock.ts';
import type { HttpBackend, WebhookBackend } from './http-backend.ts';

/**
 * What a backend does with every job of one case. Times are on the backend's clock, and a word that names none takes
 * none. The first three are what every backend plays:
 * - `succeeds`: makes at least one image, which depends on the seed where the executor declares `seed`;
 * - `runs`: goes on until it is canceled or the case is over;
 * - `fails`: is accepted, then fails in a node by a fault of the graph: another try would fail too.
 *
 * How a job gets to its end, as a service tells it that is polled:
 * - `takes-time`: waits for 3 seconds, works for 4 seconds, then as `succeeds`;
 * - `unknown-word`: as `takes-time`; while it works the service calls its state `WARMING_UP`;
 * - `other-letters`: as `succeeds`; the service writes the words for states in the other letter case;
 * - `slow-cancel`: as `runs`; a cancel is accepted at once and carried out 5 seconds later;
 * - `forgets`: as `succeeds`; some time within the next 25 hours the service deletes the job and its files, and
 *   answers as it does for what is too old.
 *
 * What a job leaves:
 * - `many-outputs`: the graph has two or more output nodes that keep images, each of a batch of two or more, and one
 *   that only previews them; the plan names them all, and the backend has `filesOf`;
 * - `no-output`: ends well, without a file;
 * - `odd-output`: ends well, but where the list of its files should be stands an object `{ "error": … }` or a number;
 * - `other-kinds`: beside its image it made a video, `clip.mp4`;
 * - `unsafe-names`: the service calls each image `../../evil.png`;
 * - `partly-fails`: makes its image, and the service says of another one that it was lost.
 *
 * Why a job fails:
 * - `host-fault`: as `fails`, because of the machine that ran it: another try may succeed;
 * - `missing-model`: the graph names a model file that the backend does not have; `missing-input`: an input that must
 *   be set is not. Either is refused at submit or fails later. `faultyNode` says where.
 *
 * More may come in a minor version. Answer `undefined` to a word that you don't play: its cases are then shown as
 * skipped, and warned of.
 */
export type ExecutorScenario =
  | 'succeeds'
  | 'runs'
  | 'fails'
  | 'takes-time'
  | 'unknown-word'
  | 'other-letters'
  | 'slow-cancel'
  | 'forgets'
  | 'many-outputs'
  | 'no-output'
  | 'odd-output'
  | 'other-kinds'
  | 'unsafe-names'
  | 'partly-fails'
  | 'host-fault'
  | 'missing-model'
  | 'missing-input';

/** A file that a job made, as the service keeps it. */
export interface MadeFile {
  nodeId: string;
  bytes: Uint8Array;
}

/** A backend that is set to play one scenario. For an executor inside this process it is little more than a graph. */
export interface ExecutorBackend {
  /**
   * The graph that is submitted, in API format, with an output node. The suite sets its inputs `seed` and `noise_seed`.
   */
  workflow: Workflow;
  /** Inputs that a prompt fills: cases of whole runs need them where core does not know the graph's node classes. */
  slots?: Partial<Slots> | undefined;
  /** Its output nodes. Default: those of core's node classes. */
  outputNodes?: readonly string[] | undefined;
  /** The node at fault, in scenarios that have one. Left out where the service itself does not name it. */
  faultyNode?: string | undefined;
  /** Keys that the executor was given: none may show up in references, snapshots and errors. */
  secrets?: readonly string[] | undefined;
  /** The clock of backend and cases. Without it they use the machine's, and cases that must move it are skipped. */
  clock?: TestClock | undefined;
  /**
   * The images that a job of this graph leaves, in the order of its output nodes and of each batch; previews are left
   * out.
   */
  filesOf?(workflow: Workflow): Promise<MadeFile[]>;
  /** Shows the service's requests and makes them go wrong. Required where the executor declares `http`. */
  http?: HttpBackend | undefined;
  /** Makes webhook calls as the service would. Required where the executor has `parseWebhook`. */
  webhooks?: WebhookBackend | undefined;
  /** Called once the case is over and the executor was disposed of. */
  close?(): void | Promise<void>;
}
