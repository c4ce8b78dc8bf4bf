import { defineConfig } from 'tsup';
import { library } from '../../tsup.config.ts';

// A command has no types to publish.
export default defineConfig(
  library(import.meta.dirname, { entry: { bin: 'src/bin.ts' }, dts: false }),
);
