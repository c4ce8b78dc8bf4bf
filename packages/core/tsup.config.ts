import { defineConfig } from 'tsup';
import { library } from '../../tsup.config.ts';

export default defineConfig(
  library({
    index: 'src/index.ts',
    plugin: 'src/plugin.ts',
    workflow: 'src/workflow/index.ts',
    'workflow/catalogue': 'src/workflow/catalogue.ts',
    node: 'src/node/index.ts',
    testing: 'src/testing/index.ts',
  }),
);
