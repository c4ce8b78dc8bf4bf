import { defineConfig } from 'tsup';
import { library } from '../../tsup.config.ts';

const options = library(import.meta.dirname);
const entry = options.entry as Record<string, string>;

export default defineConfig({
  ...options,
  // Nobody imports it: `embedded` starts it as a thread.
  entry: { ...entry, worker: 'src/executor/worker.ts' },
  dts: { entry },
});
