import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  createCallContext,
  createRandom,
  defineSelector,
  type ScoreTable,
  sealScoreTable,
} from 'comfygen/plugin';
import { createTestFlow } from 'comfygen/testing';
import { testRecord, testRequest } from '../../src/policies/__fixtures__/parts.ts';
import { explore } from '../../src/policies/explore/explore.ts';
import type { ExploreOptions } from '../../src/policies/explore/options.ts';

const folder = fileURLToPath(new URL('../../../../../shared/data/matrices/', import.meta.url));
const ctx = createCallContext();
const STREAMS = 20;
const WARM = 200;

interface Row {
  labels: string[];
  scores: number[];
}

/**
 * A stream of prompts with real human scores, one picture a prompt: what a bandit earns beside the flow that
 * was best on the prompts that its table was made from. Labels are the data's own.
 */
export async function* measureBandit(): AsyncGenerator<string> {
  const file = `${folder}evalmi_perception.csv`;
  if (!existsSync(file)) {
    yield `SKIPPED: ${file} is not here`;
    return;
  }
  const { flows, rows } = readMatrix(file);
  yield `${rows.length} prompts × ${flows.length} models, ${STREAMS} orders; ${WARM} prompts make the table, the rest is the stream`;
  const setUps: [string, (table: ScoreTable) => ExploreOptions][] = [
    ['thompson, warm', (warmStart) => ({ warmStart })],
    ['epsilon 0.1, warm', (warmStart) => ({ policy: 'epsilon', warmStart })],
    ['softmax, warm', (warmStart) => ({ policy: 'softmax', warmStart })],
    ['thompson, cold (the ranking it wraps is the order of the columns)', () => ({})],
    [
      'table alone',
      (warmStart) => ({ policy: 'epsilon', rate: 0, memory: 1e9, priorWeight: 1e6, warmStart }),
    ],
  ];
  for (const [name, options] of setUps) {
    const results: { early: number; all: number; regret: number }[] = [];
    for (let seed = 0; seed < STREAMS; seed += 1) {
      results.push(await runStream(shuffled(rows, seed), flows, options));
    }
    const mean = (key: 'early' | 'all' | 'regret') =>
      results.reduce((sum, one) => sum + one[key], 0) / STREAMS;
    const ahead = results.filter(({ early }) => early > 0).length;
    yield `${name}: over best single ${signed(mean('early'))} a prompt in the first 300 (ahead in ${ahead} of ${STREAMS} orders), ${signed(mean('all'))} in all; regret ${mean('regret').toFixed(2)} of best single's`;
  }
}

async function runStream(
  rows: readonly Row[],
  flows: readonly string[],
  optionsFor: (table: ScoreTable) => ExploreOptions,
) {
  const table = makeTable(rows.slice(0, WARM), flows);
  const single = table.overall
    .map(({ mean }, flow) => ({ mean, flow }))
    .sort((a, b) => b.mean - a.mean)[0]!.flow;
  let labels: string[] = [];
  const inner = defineSelector({
    name: 'labels',
    supports: { deterministic: true },
    select: async ({ flows: offered }) => ({
      ranked: offered.map(({ id }, place) => ({
        flowId: id,
        score: 0,
        interval: null,
        probability: place === 0 ? 1 : 0,
        reason: 'offered',
      })),
      labels,
      reason: 'offered',
      warnings: [],
    }),
  });
  const bandit = explore(inner, optionsFor(table));
  const offered = flows.map((id) => createTestFlow(id));
  const base = testRequest([]);
  let early = 0;
  let all = 0;
  let own = 0;
  let regret = 0;
  const stream = rows.slice(WARM);
  for (const [at, row] of stream.entries()) {
    labels = row.labels;
    const request = { ...base, brief: { ...base.brief, seed: at }, flows: offered };
    const { ranked } = await bandit.select(request, ctx);
    const chosen = ranked[0]!.flowId;
    const score = row.scores[flows.indexOf(chosen)]!;
    await bandit.learn([testRecord(chosen, score, {}, { runId: `${at}`, labels })], ctx);
    const gain = score - row.scores[single]!;
    const best = Math.max(...row.scores);
    if (at < 300) early += gain / 300;
    all += gain / stream.length;
    own += best - score;
    regret += best - row.scores[single]!;
  }
  return { early, all, regret: own / regret };
}

/** Means per flow and label, prompt means taken out, labels shrunk as if ten more prompts were average. */
function makeTable(rows: readonly Row[], flows: readonly string[]): ScoreTable {
  const labels = [...new Set(rows.flatMap((row) => row.labels))].sort();
  const grand =
    rows.flatMap(({ scores }) => scores).reduce((sum, s) => sum + s, 0) /
    rows.length /
    flows.length;
  const centred = rows.map(({ scores }) => {
    const own = scores.reduce((sum, s) => sum + s, 0) / scores.length;
    return scores.map((score) => score - own + grand);
  });
  const cell = (own: readonly number[][], flow: number, towards: number, weight: number) => {
    const values = own.map((row) => row[flow]!);
    const mean =
      (weight * towards + values.reduce((sum, v) => sum + v, 0)) / (weight + values.length);
    const squares = values.reduce((sum, v) => sum + (v - mean) ** 2, 0);
    const error = values.length < 2 ? null : Math.sqrt(squares / values.length / values.length);
    return { mean, standardError: error, count: values.length };
  };
  const overall = flows.map((_, flow) => cell(centred, flow, 0, 0));
  const byLabel = labels.map((label) => {
    const own = centred.filter((_, row) => rows[row]!.labels.includes(label));
    return flows.map((_, flow) => cell(own, flow, overall[flow]!.mean, 10));
  });
  return sealScoreTable({
    scorer: null,
    prompts: rows.length,
    flows: [...flows],
    labels: labels.map((label) => ({
      label,
      prompts: rows.filter((row) => row.labels.includes(label)).length,
    })),
    overall,
    byLabel,
  });
}

/** A matrix whose cells are all there; prompts may be quoted. */
function readMatrix(file: string): { flows: string[]; rows: Row[] } {
  const [head, ...lines] = readFileSync(file, 'utf8').trim().split(/\r?\n/).map(splitLine);
  const rows = lines.map(([, , labels, ...cells]) => ({
    labels: labels!.split('|').filter(Boolean),
    scores: cells.map(Number),
  }));
  return { flows: head!.slice(3), rows };
}

function splitLine(line: string): string[] {
  return Array.from(line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g), ([, quoted, bare]) =>
    quoted === undefined ? (bare ?? '') : quoted.replaceAll('""', '"'),
  );
}

function shuffled(rows: readonly Row[], seed: number): Row[] {
  const random = createRandom(seed);
  return rows
    .map((row) => ({ row, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ row }) => row);
}

const signed = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;
