import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Where a date is meant, or a run's own clock is read, which goes on by durations: each place with its reason. */
const DATES: Record<string, string> = {
  'cli/src/work/jobs/list.ts': 'age of a stored date',
  'cli/src/work/jobs/show.ts': 'age of a stored date',
  'core/src/generate/create-comfygen.ts': 'date of the last event of a stream',
  'core/src/generate/feedback.ts': 'date of a verdict',
  'core/src/generate/job/watch.ts':
    'a job waits since the date of its submit, in another process too',
  'core/src/generate/run-context.ts': 'dates of events, and the deadline, on the run’s own clock',
  'core/src/generate/run.ts': 'the run’s own clock',
  'core/src/generate/stages/execute.ts': 'the deadline, on the run’s own clock',
  'core/src/generate/stages/make.ts': 'the run’s own clock',
  'core/src/generate/time-limits.ts': 'the deadline, on the run’s own clock',
  'core/src/http/http-client.ts': 'a server may ask for patience until a date',
  'core/src/jobs/snapshot.ts': 'a service forgets jobs at a date',
  'core/src/node/files.ts': 'age of a file, by its date',
  'core/src/node/json-folder.ts': 'names of files sort by date, and folders have one',
  'core/src/util/clock.ts': 'the clock itself',
  'executors/src/comfy-api/download-output.ts': 'a link ends at a date',
  'executors/src/comfyicu/comfyicu.ts': 'date of a job',
  'executors/src/pool/status.ts': 'dates for the host',
  'executors/src/replicate/replicate.ts': 'a webhook call is as old as its date',
  'llm/src/calls/traffic.ts': 'a server may ask for patience until a date',
  'llm/src/calls/within-call-limit.ts': 'the deadline, on the run’s own clock',
};

it('measures no duration by a clock that somebody may set', () => {
  const files = globSync('packages/*/src/**/*.ts', { cwd: root })
    .filter((file) => !/\.test\.ts$|\/testing\/|\/spec\//.test(file))
    .filter((file) => {
      const code = readFileSync(join(root, file), 'utf8').replaceAll(
        /submittedAt: \S+\.now\(\)/g,
        '',
      );
      return /\b(Date|clock|clock\(\)|time)\.now\(\)|new Date\(\)/.test(code);
    });
  expect(files.length).toBeGreaterThan(10);
  expect(files.map((file) => file.replace('packages/', '')).sort()).toEqual(
    Object.keys(DATES).sort(),
  );
});
