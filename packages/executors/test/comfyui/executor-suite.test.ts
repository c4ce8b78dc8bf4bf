import { comfyui } from '@comfygen/executors/comfyui';
import { executorSuite } from 'comfygen/testing';
import { describe, it } from 'vitest';
import { COMFYUI_CANNOT, comfyuiBackend } from '../backends/comfyui-backend.ts';

for (const version of ['0.33.0', '0.3.64']) {
  describe(`on ComfyUI ${version}`, () => {
    executorSuite(
      { describe, it },
      {
        cannot: COMFYUI_CANNOT,
        backend: (scenario) => comfyuiBackend(scenario, version),
        create: ({ url, headers }) => comfyui({ url, headers }),
      },
    );
  });
}
