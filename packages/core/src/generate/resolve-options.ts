import { ComfygenError } from '../errors/comfygen-error.ts';
import type {
  Clock,
  ExecutorV1,
  Flow,
  JobStore,
  Log,
  PromptReader,
  RecordStore,
  ScorerV1,
  SelectorV1,
} from '../spec/index.ts';
import { memoryJobStore } from '../stores/memory-job-store.ts';
import { memoryRecordStore } from '../stores/memory-record-store.ts';
import { silentLog } from '../util/call-context.ts';
import { systemClock } from '../util/clock.ts';
import type { SafetyPolicy } from '../workflow/policy.ts';
import { checkHostOptions } from './check-call.ts';
import { resolvePart } from './resolve-part.ts';
import { createSemaphore, type Semaphore } from './semaphore.ts';
import type { ComfyGenOptions } from './types.ts';

/** A host's options, checked and with defaults. */
export interface Settings {
  flows: readonly Flow[];
  selector: SelectorV1 | undefined;
  executors: readonly ExecutorV1[];
  scorer: ScorerV1 | undefined;
  reader: PromptReader;
  records: RecordStore;
  jobs: JobStore;
  slots: Semaphore;
  maxRetries: number;
  policy: SafetyPolicy | undefined;
  clock: Clock;
  log: Log;
}

// Many runs need no parts: the grammar is loaded by the first that does.
const readEnglish: PromptReader = async (prompt) =>
  (await import('../brief/split-prompt.ts')).splitPrompt(prompt);

/** @throws INVALID_OPTIONS, INVALID_PART, UNSUPPORTED_SPEC */
export function resolveOptions(options: ComfyGenOptions): Settings {
  checkHostOptions(options);
  const { flows, executor, concurrency = 1, maxRetries = 2 } = options;
  if (!Array.isArray(flows))
    throw new ComfygenError(
      'INVALID_OPTIONS',
      'flows must be an array; did you forget to await loadFlows()?',
    );
  const twice = flows.find((flow, index) => flows.findIndex((one) => one.id === flow.id) !== index);
  if (twice)
    throw new ComfygenError('INVALID_OPTIONS', `Two flows have the id "${twice.id}".`, {
      details: { flow: twice.id },
    });
  const executors = (Array.isArray(executor) ? executor : [executor]) as readonly ExecutorV1[];
  if (executors.length === 0)
    throw new ComfygenError('INVALID_OPTIONS', 'executor must name at least one executor.');
  checkWhole('concurrency', concurrency, 1, 1_000);
  checkWhole('maxRetries', maxRetries, 0, 10);
  return {
    flows: [...flows],
    selector: options.selector && resolvePart(options.selector, 'selector'),
    executors: executors.map((one) => resolvePart(one, 'executor')),
    scorer: options.scorer && resolvePart(options.scorer, 'scorer'),
    reader: options.reader ?? readEnglish,
    records: options.records ?? memoryRecordStore(),
    jobs: options.jobs ?? memoryJobStore(),
    slots: createSemaphore(concurrency),
    maxRetries,
    policy: options.policy,
    clock: options.clock ?? systemClock,
    log: options.log ?? silentLog,
  };
}

function checkWhole(name: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw new ComfygenError(
    'INVALID_OPTIONS',
    `${name} must be a whole number from ${low} to ${high}; got ${value}.`,
    { details: { name, value } },
  );
}
