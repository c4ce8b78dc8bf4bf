import type { Workflow } from 'comfygen/workflow';
import type { ServiceUnderTest } from '../service-cases/service.ts';
import { KEY, openComfyicu } from './bench.ts';

/** ComfyICU, for the cases that hold for every service. */
export const service: ServiceUnderTest = {
  name: 'comfyicu',
  submitRoute: 'POST /api/v1/workflows/:workflow/runs',
  inspectRoute: 'GET /api/v1/workflows/:workflow/runs/:run',
  fileRoute: 'GET /workflows/:workflow/output/:run/:name',
  async open(timeline = () => ({})) {
    const bench = await openComfyicu({ timeline: ({ prompt }) => timeline(prompt) });
    const { fake } = bench;
    return {
      ...bench,
      api: fake,
      files: fake.storage,
      sent: () => (fake.requests.at(-1)!.json() as { prompt: Workflow }).prompt,
      async seeds() {
        const headers = { authorization: `Bearer ${KEY}` };
        const answer = await fetch(`${fake.url}/workflows/${fake.workflowId}/runs`, { headers });
        const runs = (await answer.json()) as { data: { prompt: Workflow } }[];
        return runs.map(({ data }) => String(data.prompt['sampler']!.inputs['seed']));
      },
      show: (id) => ({ ...fake.run(id) }),
    };
  },
};
