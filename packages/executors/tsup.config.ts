import { defineConfig } from 'tsup';
import { library } from '../../tsup.config.ts';

export default defineConfig(
  library({
    comfyui: 'src/comfyui/index.ts',
    'comfy-api': 'src/comfy-api/index.ts',
    comfyicu: 'src/comfyicu/index.ts',
    pool: 'src/pool/index.ts',
    replicate: 'src/replicate/index.ts',
    runpod: 'src/runpod/index.ts',
    testing: 'src/testing/index.ts',
  }),
);
