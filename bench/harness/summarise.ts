import type { FaultCase } from './faults.ts';
import { NEIGHBOUR_SEED } from './graphs.ts';
import { judge, quantile, round } from './judge.ts';
import type { Run, ServerReport } from './types.ts';

/** Counts of a load whose jobs should all succeed. Times in milliseconds, sizes in KB of 1,000 bytes. */
export function summariseLoad({ client, ended, death, report, servers, exitMs }: Run) {
  const outcomes = report?.outcomes ?? [];
  const served = servers.flatMap(({ jobs }) => jobs);
  const verdicts = outcomes.map((outcome) => judge(outcome, 'done', served));
  const count = (word: string) => verdicts.filter((one) => one === word).length;
  const bySeed = new Map(served.map((job) => [job.seed, job]));
  const done = outcomes.filter(({ state }) => state === 'done');
  const after = done.map(
    ({ seed, endedAt }) => endedAt - (bySeed.get(seed)?.endedAt ?? Number.NaN),
  );
  const whole = done.map(({ seed, startedAt, endedAt }) => {
    const job = bySeed.get(seed);
    return endedAt - startedAt - (job ? job.endedAt - job.startedAt : Number.NaN);
  });
  const total = sum(servers);
  const jobs = outcomes.length || served.length;
  const per = (value: number) => (jobs ? round(value / jobs) : undefined);
  const wallMs = Math.max(0, ...outcomes.map(({ endedAt }) => endedAt - (report?.beganAt ?? 0)));
  const errors = outcomes.flatMap(({ error }) => (error ? [error.slice(0, 120)] : []));
  return {
    client,
    ended,
    ...(death && { death: death.slice(0, 200) }),
    jobs,
    right: count('right'),
    wrong: count('wrong'),
    hung: count('hung'),
    afterMs: percentiles(after),
    overheadMs: percentiles(whole),
    wallMs: round(wallMs),
    jobsPerSecond: wallMs > 0 ? round((count('right') * 1_000) / wallMs) : undefined,
    serverIdleMs: idleBetween(served.map(({ startedAt, endedAt }) => [startedAt, endedAt])),
    callsPerJob: per(total.calls),
    kbInPerJob: per(total.bytesOut / 1_000),
    kbOutPerJob: per(total.bytesIn / 1_000),
    routes: total.routes,
    tcpSockets: total.tcpSockets,
    webSockets: total.webSockets,
    cpuMsPerJob: report && per(report.cpuMs),
    rssGrowthMb: report && round(report.rssPeakMb - report.rssStartMb),
    rssPeakMb: report && round(report.rssPeakMb),
    heapKbPerJob: report && per((report.heapAfterMb - report.heapBeforeMb) * 1_048.576),
    ...(report?.heapHalfMb !== undefined && {
      heapSecondHalfMb: round(report.heapAfterMb - report.heapHalfMb),
      atHalf: report.atHalf,
    }),
    heapGrowthMb: report && round(report.heapAfterMb - report.heapBeforeMb),
    listeners: report?.listeners,
    left: report?.left,
    exitMs: exitMs ?? null,
    ...(errors.length > 0 && { error: errors[0] }),
  };
}

/** Several servers as one: how long it took, and what ran twice. */
export function summarisePool(run: Run) {
  const { report, servers } = run;
  // Pauses between jobs say nothing where several servers work at once.
  const { serverIdleMs: _, ...load } = summariseLoad(run);
  const seeds = servers.flatMap(({ jobs }) => jobs.map(({ seed }) => seed));
  const doubled = seeds.length - new Set(seeds).size;
  const begun = servers.reduce((sum, one) => sum + one.begun, 0);
  const diedAt = servers.find((one) => one.diedAt !== undefined)?.diedAt;
  const idealMs = report && idealMakespan(servers, load.jobs, report.beganAt, diedAt);
  return {
    ...load,
    doubled,
    rerun: begun - seeds.length,
    deadAfterMs: diedAt && report ? round(diedAt - report.beganAt) : undefined,
    idealMs: idealMs && round(idealMs),
    ofIdeal: idealMs && round(load.wallMs / idealMs),
    served: servers.map(({ jobs }) => jobs.length),
  };
}

/** With every server at work all the time, at the speed that it had, until it died. */
function idealMakespan(
  servers: readonly ServerReport[],
  jobs: number,
  beganAt: number,
  diedAt = Number.POSITIVE_INFINITY,
): number {
  const rates = servers.map((one) => {
    const spent = one.jobs.reduce((sum, { startedAt, endedAt }) => sum + endedAt - startedAt, 0);
    return { perMs: spent > 0 ? one.jobs.length / spent : 0, dies: one.diedAt !== undefined };
  });
  const all = rates.reduce((sum, { perMs }) => sum + perMs, 0);
  const left = rates.reduce((sum, { perMs, dies }) => sum + (dies ? 0 : perMs), 0);
  const untilDeath = Math.min(diedAt - beganAt, jobs / all);
  return untilDeath + (jobs - untilDeath * all) / left;
}

/** How one fault was come through. */
export function summariseFault(run: Run, { name, right, tells }: FaultCase) {
  const served = run.servers.flatMap(({ jobs }) => jobs);
  const own = (run.report?.outcomes ?? []).filter(({ seed }) => seed !== NEIGHBOUR_SEED);
  const target =
    name === "another job's node fails" ? own.find(({ shape }) => shape === 'text') : own.at(-1);
  const verdict = target ? judge(target, right, served) : run.ended === 'died' ? 'died' : 'hung';
  const text = target?.error;
  return {
    client: run.client,
    fault: name,
    verdict,
    state: target?.state,
    settleMs: target && round(target.endedAt - target.startedAt),
    ...(tells && text !== undefined && { told: tells.test(text) }),
    ...(text !== undefined && { error: text.slice(0, 200) }),
    ...(run.death && { death: run.death.slice(0, 200) }),
    runs: served.filter(({ seed }) => seed === target?.seed).length,
    calls: sum(run.servers).calls,
    webSockets: sum(run.servers).webSockets,
    exitMs: run.exitMs ?? null,
  };
}

function percentiles(values: number[]) {
  const known = values.filter(Number.isFinite);
  return {
    p50: quantile(known, 0.5),
    p95: quantile(known, 0.95),
    p99: quantile(known, 0.99),
  };
}

/** Mean pause between the end of a job and the start of the next. */
function idleBetween(spans: [start: number, end: number][]): number | undefined {
  const inOrder = spans.toSorted(([a], [b]) => a - b);
  const gaps = inOrder.slice(1).map(([start], place) => start - inOrder[place]![1]);
  if (gaps.length === 0) return undefined;
  return round(gaps.reduce((all, gap) => all + gap, 0) / gaps.length);
}

function sum(servers: readonly ServerReport[]) {
  const all = { calls: 0, bytesIn: 0, bytesOut: 0, tcpSockets: 0, webSockets: 0 };
  const routes: Record<string, number> = {};
  for (const one of servers) {
    for (const key of Object.keys(all) as (keyof typeof all)[]) all[key] += one[key];
    for (const [route, times] of Object.entries(one.routes))
      routes[route] = (routes[route] ?? 0) + times;
  }
  return { ...all, routes };
}
