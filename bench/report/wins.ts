import { distinct, type Line, median, numbers, of, readResults, settled, show } from './read.ts';

const OURS = 'ours-executor';
/** Below this a difference says nothing on a shared machine. */
const MARGIN = 1.1;
/** Who leaves more jobs than this undone has not won anything by being quick about the rest. */
const UNDONE = 0.05;

const LOW = {
  P1: ['afterMs.p50', 'afterMs.p95', 'overheadMs.p50', 'overheadMs.p95', 'callsPerJob'],
  P2: ['callsPerJob', 'kbInPerJob', 'cpuMsPerJob', 'rssGrowthMb', 'serverIdleMs'],
  P4: ['rssPeakMb', 'heapGrowthMb', 'heapSecondHalfMb'],
};
const HIGH = { P1: [], P2: ['jobsPerSecond'], P4: [] };

/** Every measure in which a peer does better than our executor by more than a tenth. */
export function wins(): string {
  const found = (['P1', 'P2', 'P4'] as const).flatMap((scenario) => {
    const lines = readResults(scenario).flatMap(({ runs }) => runs);
    return distinct(lines, 'setting').flatMap((setting) => {
      const ours = of(lines, OURS, setting);
      return distinct(lines, 'client')
        .filter((client) => client !== 'raw' && !client.startsWith('ours'))
        .filter((client) => delivers(of(lines, client, setting)))
        .flatMap((client) => better(scenario, of(lines, client, setting), ours))
        .map((text) => `- ${scenario}, ${setting}${scenario === 'P2' ? ' at once' : ''}: ${text}`);
    });
  });
  return found.length > 0 ? found.join('\n') : 'None.';
}

function delivers(lines: readonly Line[]): boolean {
  const sum = (path: string) => numbers(lines, path).reduce((all, one) => all + one, 0);
  return sum('right') >= sum('jobs') * (1 - UNDONE);
}

function better(scenario: keyof typeof LOW, theirs: readonly Line[], ours: readonly Line[]) {
  const beats = (path: string, high: boolean) => {
    const [a, b] = [median(theirs, path), median(ours, path)];
    if (a === undefined || b === undefined) return [];
    const ahead = high ? a > b * MARGIN : a * MARGIN < b;
    return ahead ? [`${path} ${show(a)} to our ${show(b)}`] : [];
  };
  const list = [
    ...LOW[scenario].flatMap((path) => beats(path, false)),
    ...HIGH[scenario].flatMap((path) => beats(path, true)),
  ];
  return list.length > 0
    ? [`\`${theirs[0]?.client}\` (${settled(theirs)} right): ${list.join('; ')}`]
    : [];
}
