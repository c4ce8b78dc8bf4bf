// node --conditions=comfygen-source bench/run.ts --scenario P1
//   [--clients raw,ours-executor] [--repeats 3] [--only NAME]
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { createRandom } from '../packages/core/src/plugin.ts';
import { runOnce } from './harness/run-once.ts';
import { CLIENTS, SCENARIOS } from './harness/scenarios.ts';

const { values } = parseArgs({
  options: {
    scenario: { type: 'string' },
    clients: { type: 'string' },
    only: { type: 'string' },
    repeats: { type: 'string', default: '3' },
    parallel: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string' },
  },
});
const id = values.scenario ?? '';
const scenario = SCENARIOS[id];
if (!scenario) {
  console.error(`--scenario must be one of ${Object.keys(SCENARIOS).join(', ')}; P8 is weight.ts`);
  process.exit(2);
}
const clients = values.clients?.split(',') ?? [
  ...(scenario.clients ?? CLIENTS),
  ...(scenario.extra ?? []),
];
const settings = scenario.settings.filter(({ name }) => !values.only || name === values.only);
const repeats = Number(values.repeats);

const plan = Array.from({ length: repeats }, (_, repeat) =>
  shuffle(
    settings.flatMap((setting) => clients.map((client) => ({ setting, client, repeat }))),
    Number(values.seed) + repeat,
  ),
).flat();

const runs: Record<string, unknown>[] = [];
const loadBefore = loadavg()[0];
let begun = 0;
const lane = async () => {
  for (let next = plan[begun++]; next; next = plan[begun++]) {
    const { setting, client, repeat } = next;
    const once = () => runOnce(client, setting.servers, setting.load);
    // The harness's own trouble, such as a server that did not start in time.
    const run = await once().catch((error: unknown) => {
      console.error(`again: ${error}`);
      return once();
    });
    const kept = setting.summarise(run);
    runs.push({ setting: setting.name, repeat, ...kept });
    const verdict = kept['verdict'] ?? `${kept['right']}/${kept['jobs']} right`;
    console.error(`${runs.length}/${plan.length} ${setting.name} · ${client}: ${verdict}`);
    save();
  }
};
await Promise.all(Array.from({ length: Number(values.parallel) }, lane));

function save(): void {
  const out = values.out ?? new URL(`results/${id.toLowerCase()}.json`, import.meta.url);
  const order = (run: Record<string, unknown>) =>
    settings.findIndex(({ name }) => name === run['setting']) * 100 +
    clients.indexOf(String(run['client']));
  const result = {
    scenario: id,
    at: new Date().toISOString(),
    commit: git('rev-parse', '--short', 'HEAD'),
    changed: git('status', '--porcelain', '--', 'packages') !== '',
    node: process.version,
    cores: availableParallelism(),
    loadAverage: [loadBefore, loadavg()[0]],
    parallel: Number(values.parallel),
    repeats,
    peers: JSON.parse(readFileSync(new URL('peers/package.json', import.meta.url), 'utf8'))
      .dependencies,
    settings: settings.map(({ name, servers, load }) => ({ name, servers, load })),
    runs: runs.toSorted((a, b) => order(a) - order(b)),
  };
  mkdirSync(new URL('results/', import.meta.url), { recursive: true });
  writeFileSync(out, `${compact(result)}\n`);
}

/** One line a run: small, and a change shows where it is. */
function compact({ runs: lines, ...head }: { runs: unknown[] } & Record<string, unknown>): string {
  const open = JSON.stringify(head, undefined, 1).slice(0, -2);
  return `${open},\n "runs": [\n${lines.map((run) => `  ${JSON.stringify(run)}`).join(',\n')}\n ]\n}`;
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8' }).trim();
}

/** The same order for the same seed. */
function shuffle<T>(list: T[], seed: number): T[] {
  const random = createRandom(seed);
  const keyed = list.map((item) => ({ item, key: random() }));
  return keyed.toSorted((a, b) => a.key - b.key).map(({ item }) => item);
}
