import { defineConfig } from 'tsup';
import { library } from '../../tsup.config.ts';

export default defineConfig(
  library({
    comfyui: 'src/comfyui/index.ts',
    testing: 'src/testing/index.ts',
  }),
);
