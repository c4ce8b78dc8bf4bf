import { comfyui } from '@comfygen/executors/comfyui';
import { pool } from '@comfygen/executors/pool';
import { executorSuite } from 'comfygen/testing';
import { describe, it } from 'vitest';
import { COMFYUI_CANNOT, comfyuiBackend } from '../backends/comfyui-backend.ts';

describe('a pool', () => {
  executorSuite(
    { describe, it },
    {
      cannot: COMFYUI_CANNOT,
      async backend(scenario) {
        const backend = await comfyuiBackend(scenario);
        // A pool goes by its members' lists: it names the model that none of them has.
        return backend && scenario === 'missing-model'
          ? { ...backend, faultyNode: undefined }
          : backend;
      },
      create: ({ url, headers }) => pool({ executors: [comfyui({ url, headers })] }),
    },
  );
});
