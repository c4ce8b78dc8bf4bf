import type { FakeTimeline } from '@comfygen/executors/testing';
import type { ExecutorV1 } from 'comfygen';
import type { FakeService, TestClock } from 'comfygen/testing';
import type { Workflow } from 'comfygen/workflow';
import type { JobBench } from '../job-bench.ts';

/** How a job of any service goes. */
interface JobTimeline extends FakeTimeline {
  queueMs?: number;
}

/** A service as the cases see it that hold for all of them. */
export interface ServiceUnderTest {
  name: string;
  /** Routes of its fake. */
  submitRoute: string;
  inspectRoute: string;
  fileRoute: string;
  open(timeline?: (workflow: Workflow) => JobTimeline): Promise<ServiceBench>;
}

/** A fake, an executor on it, and its clock. */
interface ServiceBench extends JobBench {
  clock: TestClock;
  executor: ExecutorV1;
  api: Pick<FakeService, 'requests' | 'faults' | 'count' | 'start' | 'stop'>;
  /** Where files are: another origin. */
  files: FakeService;
  /** The graph of the last submit, as it arrived. */
  sent(): Workflow;
  /** The seed of every job that the service took. */
  seeds(): Promise<string[]>;
  /** The job as the service would show it now. */
  show(id: string): Record<string, unknown>;
}
