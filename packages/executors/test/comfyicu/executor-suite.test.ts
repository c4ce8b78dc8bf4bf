import { comfyicu } from '@comfygen/executors/comfyicu';
import { executorSuite } from 'comfygen/testing';
import { describe, it } from 'vitest';
import { COMFYICU_CANNOT, comfyicuBackend, KEY } from '../backends/comfyicu-backend.ts';

executorSuite(
  { describe, it },
  {
    cannot: COMFYICU_CANNOT,
    backend: comfyicuBackend,
    create: ({ url, workflowId }) => comfyicu({ apiKey: KEY, baseUrl: url, workflowId }),
  },
);
