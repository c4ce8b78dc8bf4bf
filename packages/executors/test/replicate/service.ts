import { parseWorkflow } from 'comfygen/workflow';
import type { ServiceUnderTest } from '../service-cases/service.ts';
import { openReplicate, TOKEN } from './bench.ts';

/** Replicate, for the cases that hold for every service. */
export const service: ServiceUnderTest = {
  name: 'replicate',
  submitRoute: 'POST /v1/predictions',
  inspectRoute: 'GET /v1/predictions/:id',
  fileRoute: 'GET /xezq/:id/:name',
  async open(timeline = () => ({})) {
    const bench = await openReplicate({
      timeline: ({ workflow_json }) => {
        const { queueMs, ...rest } = timeline(parseWorkflow(String(workflow_json)));
        return { ...rest, startMs: queueMs };
      },
    });
    const { fake } = bench;
    return {
      ...bench,
      api: fake,
      files: fake.delivery,
      sent() {
        const { input } = fake.requests.at(-1)!.json() as { input: { workflow_json: string } };
        return parseWorkflow(input.workflow_json);
      },
      async seeds() {
        const headers = { authorization: `Bearer ${TOKEN}` };
        const answer = await fetch(`${fake.url}/predictions`, { headers });
        const { results } = (await answer.json()) as {
          results: { input: { workflow_json: string } }[];
        };
        return results.map(({ input }) => {
          const { sampler } = parseWorkflow(input.workflow_json);
          return String(sampler!.inputs['seed']);
        });
      },
      show: (id) => ({ ...fake.prediction(id) }),
    };
  },
};
