import type { Workflow } from 'comfygen/plugin';
import {
  createFakeService,
  createScenarioGraph,
  createServiceBackend,
  createTestClock,
  type ExecutorScenario,
  encodePng,
  type FakeReply,
} from 'comfygen/testing';

export const KEY = 'planted-oven-key-123';
/** What an oven never says: its words for a job know neither. */
export const cannot = {
  'partly-fails': 'a bake is golden or burnt as a whole',
  'missing-input': 'the oven has no words for an input that is not set',
} as const;

const HOUR = 3_600_000;
const REASONS: { readonly [Scenario in ExecutorScenario]?: string } = {
  fails: 'the dough collapsed',
  'host-fault': 'CUDA out of memory',
  'missing-model': 'model not found: none.safetensors',
};

interface Bake {
  ticket: string;
  graph: Workflow;
  at: number;
  thrownAt?: number;
}

/** The images of a graph, by its seed, its output nodes and its batch. */
export function imagesOf(graph: Workflow) {
  const seed = BigInt(graph['sampler']?.inputs['seed'] as number | bigint);
  const batch = Number(graph['latent']?.inputs['batch_size']);
  const nodes = Object.keys(graph).filter((id) => graph[id]?.class_type === 'SaveImage');
  return nodes.flatMap((nodeId, number) =>
    Array.from({ length: batch }, (_, index) => ({
      nodeId,
      bytes: encodePng(8, 1, (x) => [Number((seed >> BigInt(8 * x)) & 255n), number, index]),
    })),
  );
}

/** A Pixel Oven that plays one scenario, as a backend of `executorSuite`. */
export async function ovenBackend(scenario: ExecutorScenario) {
  if (scenario in cannot) return undefined;
  const clock = createTestClock();
  const { workflow, faultyNode } = createScenarioGraph(scenario);
  const classes = Object.values(workflow).map((node) => node.class_type);
  const bakes: Bake[] = [];
  const files = new Map<string, { bake: Bake; bytes: Uint8Array }>();
  const slow = scenario === 'takes-time' || scenario === 'unknown-word';

  const bakeOf = (ticket: string | undefined) => {
    const bake = bakes.find((one) => one.ticket === ticket);
    return bake && (scenario !== 'forgets' || clock.now() < bake.at + 24 * HOUR) ? bake : undefined;
  };

  function statusOf({ at, thrownAt }: Bake) {
    const now = clock.now();
    const stopsAfter = scenario === 'slow-cancel' ? 5_000 : 0;
    if (thrownAt !== undefined && now >= thrownAt + stopsAfter) return 'thrown-away';
    if (scenario === 'runs' || scenario === 'slow-cancel') return 'baking';
    if (slow && now < at + 3_000) return 'cold';
    if (slow && now < at + 7_000) return scenario === 'unknown-word' ? 'WARMING_UP' : 'baking';
    return REASONS[scenario] ? 'burnt' : 'golden';
  }

  function traysOf(bake: Bake): unknown {
    if (scenario === 'no-output') return [];
    if (scenario === 'odd-output') return { error: 'the trays are stuck' };
    const made = imagesOf(bake.graph).map(({ bytes }, index) => {
      const plain = `${bake.ticket}-${index}.png`;
      return { name: scenario === 'unsafe-names' ? '../../evil.png' : plain, bytes };
    });
    if (scenario === 'other-kinds') made.push({ name: 'clip.mp4', bytes: Buffer.from('a video') });
    for (const { name, bytes } of made) files.set(encodeURIComponent(name), { bake, bytes });
    return made.map(({ name }) => ({ path: `files/${encodeURIComponent(name)}` }));
  }

  const oven = await createFakeService({
    clock,
    routes: {
      'POST /bakes': (request): FakeReply => {
        const { graph } = request.json() as { graph: Workflow };
        const odd = Object.entries(graph).find(([, node]) => !classes.includes(node.class_type));
        if (odd) {
          const error = `no such ingredient: ${odd[1].class_type}`;
          return { status: 422, json: { error, node: odd[0] } };
        }
        const ticket = `t-${bakes.length + 1}`;
        bakes.push({ ticket, graph, at: clock.now() });
        return { status: 202, json: { ticket } };
      },
      'GET /bakes/:ticket': ({ params }): FakeReply => {
        const bake = bakeOf(params['ticket']);
        if (!bake) return { status: 404 };
        const status = statusOf(bake);
        const word = scenario === 'other-letters' ? status.toUpperCase() : status;
        if (status === 'golden') return { json: { status: word, trays: traysOf(bake) } };
        const why = { reason: REASONS[scenario], node: faultyNode };
        return { json: { status: word, trays: [], ...(status === 'burnt' ? why : {}) } };
      },
      'DELETE /bakes/:ticket': ({ params }): FakeReply => {
        const bake = bakeOf(params['ticket']);
        if (!bake) return { status: 404 };
        if (!['golden', 'burnt'].includes(statusOf(bake))) bake.thrownAt ??= clock.now();
        return { status: 202 };
      },
      'GET /files/:name': ({ params }): FakeReply => {
        const name = params['name'] ?? '';
        const file = files.get(name) ?? files.get(encodeURIComponent(name));
        return file && bakeOf(file.bake.ticket) ? { bytes: file.bytes } : { status: 404 };
      },
    },
  });
  return createServiceBackend({
    scenario,
    service: oven,
    routes: {
      submit: 'POST /bakes',
      inspect: 'GET /bakes/:ticket',
      cancel: 'DELETE /bakes/:ticket',
      download: 'GET /files/:name',
    },
    key: KEY,
    filesOf: async (graph) => imagesOf(graph),
  });
}
