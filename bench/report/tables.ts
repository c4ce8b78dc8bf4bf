import {
  distinct,
  type Line,
  median,
  numbers,
  of,
  origin,
  type Result,
  ratio,
  readResults,
  settled,
  show,
  spread,
  table,
} from './read.ts';

const linesOf = (results: readonly Result[]) => results.flatMap(({ runs }) => runs);

/** P1: one job after the other. */
export function latency(): string {
  const results = readResults('P1');
  const lines = linesOf(results);
  const settings = distinct(lines, 'setting').toSorted((a, b) => parseInt(a, 10) - parseInt(b, 10));
  const parts = settings.map((setting) => {
    const floor = (path: string) => median(of(lines, 'raw', setting), path);
    const rows = distinct(lines, 'client').map((client) => {
      const own = of(lines, client, setting);
      return [
        client,
        settled(own),
        spread(own, 'afterMs.p50'),
        ratio(median(own, 'afterMs.p50'), floor('afterMs.p50')),
        spread(own, 'afterMs.p95'),
        spread(own, 'overheadMs.p50'),
        ratio(median(own, 'overheadMs.p50'), floor('overheadMs.p50')),
        spread(own, 'overheadMs.p95'),
        spread(own, 'callsPerJob'),
      ];
    });
    const head = ['client', 'right', 'after p50', '÷ raw', 'after p95', 'overhead p50', '÷ raw'];
    return `Jobs of ${setting}:\n\n${table([...head, 'overhead p95', 'calls a job'], rows)}`;
  });
  return [...parts, origin(results)].join('\n\n');
}

/** P2, P3 and P5: bursts. */
export function bursts(): string {
  const results = readResults('P2');
  const lines = linesOf(results);
  const sizes = distinct(lines, 'setting');
  const most = sizes.at(-1)!;
  const clients = distinct(lines, 'client');
  const counts = clients.map((client) => [
    client,
    ...sizes.map((size) => settled(of(lines, client, size))),
    ...sizes.map((size) => complete(of(lines, client, size), 'callsPerJob')),
    ...sizes.map((size) => complete(of(lines, client, size), 'kbInPerJob')),
    exponent(lines, client, sizes),
  ]);
  const head = ['client', ...sizes.map((size) => `right, ${size}`)];
  const per = [...sizes.map((size) => `calls, ${size}`), ...sizes.map((size) => `KB, ${size}`)];
  const floor = of(lines, 'raw', most);
  const costs = clients.map((client) => {
    const own = of(lines, client, most);
    return [
      client,
      spread(own, 'jobsPerSecond'),
      ratio(median(own, 'jobsPerSecond'), median(floor, 'jobsPerSecond')),
      spread(own, 'serverIdleMs'),
      spread(own, 'cpuMsPerJob'),
      ratio(median(own, 'cpuMsPerJob'), median(floor, 'cpuMsPerJob')),
      spread(own, 'rssGrowthMb'),
      spread(own, 'tcpSockets'),
    ];
  });
  const costHead = ['client', 'jobs/s', '÷ raw', 'server idle ms', 'cpu ms a job', '÷ raw'];
  return [
    `Counts, by size of the burst:\n\n${table([...head, ...per, 'growth of KB'], counts)}`,
    `Costs at ${most} jobs:\n\n${table([...costHead, 'RSS growth MB', 'connections'], costs)}`,
    origin(results),
  ].join('\n\n');
}

/** What did not come to its end has no cost per job. */
function complete(lines: readonly Line[], path: string): string {
  const whole = lines.filter(({ ended }) => ended === 'reported');
  return whole.length > 0 ? spread(whole, path) : '–';
}

/** How the KB that a client receives grow with the burst: 1 is flat per job, 2 is quadratic. */
function exponent(lines: readonly Line[], client: string, sizes: readonly string[]): string {
  const points = sizes.flatMap((size) => {
    const own = of(lines, client, size).filter(({ ended }) => ended === 'reported');
    const kb = median(own, 'kbInPerJob');
    return kb ? [[Math.log(Number(size)), Math.log(kb * Number(size))] as const] : [];
  });
  if (points.length < 2) return '–';
  const mean = (at: 0 | 1) => points.reduce((sum, point) => sum + point[at], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const over = points.reduce((sum, [a, b]) => sum + (a - x) * (b - y), 0);
  return show(over / points.reduce((sum, [a]) => sum + (a - x) ** 2, 0));
}

/** P4: memory. */
export function memory(): string {
  const results = readResults('P4');
  const lines = linesOf(results);
  const rows = distinct(lines, 'client').map((client) => {
    const own = of(lines, client);
    const left = own.map((line) => JSON.stringify(line['left'] ?? 'not told'));
    return [
      client,
      settled(own),
      spread(own, 'rssPeakMb'),
      spread(own, 'heapGrowthMb'),
      spread(own, 'heapSecondHalfMb'),
      spread(own, 'listeners'),
      [...new Set(left)].join(' ').replace('{}', 'none'),
      numbers(own, 'exitMs').length === own.length ? 'yes' : 'no',
    ];
  });
  const head = ['client', 'right', 'peak RSS MB', 'heap kept MB', 'of it in the 2nd half'];
  const more = ['abort listeners', 'left after close', 'process ends'];
  return `${table([...head, ...more], rows)}\n\n${origin(results)}`;
}

/** P6: a pool of four servers, of which one is slow and one dies. */
export function pools(): string {
  const results = readResults('P6');
  const lines = linesOf(results);
  const rows = distinct(lines, 'client').map((client) => {
    const own = of(lines, client);
    const served = own.map((line) => JSON.stringify(line['served'])).join(' ');
    return [
      client,
      settled(own),
      spread(own, 'wallMs'),
      spread(own, 'ofIdeal'),
      spread(own, 'doubled'),
      spread(own, 'rerun'),
      served,
    ];
  });
  const head = ['client', 'right', 'makespan ms', '÷ ideal', 'done twice', 'begun again'];
  return `${table([...head, 'jobs of each server'], rows)}\n\n${origin(results)}`;
}

/** P7: faults. */
export function faults(): string {
  const results = readResults('P7');
  const lines = linesOf(results);
  const clients = distinct(lines, 'client');
  const rows = distinct(lines, 'setting').map((setting) => [
    setting,
    ...clients.map((client) => verdicts(of(lines, client, setting))),
  ]);
  const total = clients.map((client) => {
    const own = of(lines, client);
    return `${own.filter(({ verdict }) => verdict === 'right').length}/${own.length}`;
  });
  return `${table(['fault', ...clients], [...rows, ['**right**', ...total]])}\n\n${origin(results)}`;
}

/** `done 5.2 s`, `rejected 0.1 s`, `**hung**`; with their numbers where runs differ. */
function verdicts(lines: readonly Line[]): string {
  if (lines.length === 0) return '–';
  const word = ({ verdict, state }: Line) => {
    if (verdict !== 'right') return `**${verdict}**`;
    return state === 'done' ? 'done' : 'rejected';
  };
  const words = [...new Set(lines.map(word))];
  const parts = words.map((one) => {
    const own = lines.filter((line) => word(line) === one);
    const seconds = median(own, 'settleMs');
    const time = one.startsWith('*') || seconds === undefined ? '' : ` ${show(seconds / 1_000)} s`;
    return `${words.length > 1 ? `${own.length} ` : ''}${one}${time}`;
  });
  const mute = lines.some(({ verdict, told }) => verdict === 'right' && told === false);
  return `${parts.join(', ')}${mute ? ', no reason' : ''}`;
}

interface Spread {
  wall: Record<string, number>;
  cpu: Record<string, number>;
}
interface Weight {
  name: string;
  packages: number;
  installMb: number;
  packagesBesideZod?: number;
  installMbBesideZod?: number;
  importMs: Spread;
  importMsBesideZod?: Spread;
  node: Bundle;
  nodeBesideZod?: Bundle;
  browser: Bundle;
  browserBesideZod?: Bundle;
}
type Bundle = { kb?: number; gzipKb?: number; fails?: string[] } | undefined;

/** P8: weight. */
export function weight(): string {
  const results = readResults('P8');
  const size = (bundle: Bundle) =>
    bundle?.kb ? `${show(bundle.kb)} / ${show(bundle.gzipKb!)}` : 'fails';
  const time = ({ wall, cpu }: Spread) =>
    `${show(wall['median']!)} (${show(wall['least']!)}–${show(wall['most']!)}) / ${show(cpu['median']!)}`;
  const rows = results
    .flatMap(({ runs }) => runs as unknown as Weight[])
    .flatMap((one) => [
      [
        one.name,
        `${one.packages}`,
        show(one.installMb),
        time(one.importMs),
        size(one.node),
        size(one.browser),
      ],
      ...(one.importMsBesideZod
        ? [
            [
              '… besides zod',
              `${one.packagesBesideZod}`,
              show(one.installMbBesideZod!),
              time(one.importMsBesideZod),
              size(one.nodeBesideZod),
              size(one.browserBesideZod),
            ],
          ]
        : []),
    ]);
  const head = [
    'install',
    'packages',
    'MB',
    'import ms: wall / processor',
    'bundle for node, KB min / gzip',
  ];
  return `${table([...head, 'for browsers'], rows)}\n\n${origin(results)}`;
}
