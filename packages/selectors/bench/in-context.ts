/**
 * What the compact table of `inContext` costs in tokens, and what it costs in choices: a reader of its text that takes
 * the best mean over a prompt's labels, against the same reader of the whole table.
 *
 *   node --conditions=comfygen-source packages/selectors/bench/in-context.ts [MATRIX.csv,MATRIX2.csv …]
 *
 * Without files: 310 synthetic flows × 20 labels. Files are matrices with labels; a list joined by commas is averaged.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadFlows } from 'comfygen/node';
import {
  createCallContext,
  createRandom,
  type FlowScore,
  type LanguageModelV1,
  type LanguageRequest,
  type ScoreTable,
  sealScoreTable,
  splitPrompt,
} from 'comfygen/plugin';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { compactTable } from '../src/in-context/compact-table.ts';
import { inContext } from '../src/in-context/in-context.ts';
import { LABELS, labelPrompt } from '../src/rules/label-prompt.ts';

interface Matrix {
  flows: string[];
  prompts: { text: string; labels: string[] }[];
  scores: number[][];
  /** What a choice is worth; the scores themselves where nothing truer is known. */
  truth: number[][];
}

type Choose = (labels: readonly string[]) => number;
const SIZES = [
  { maxRows: 310, perLabel: 310 },
  { maxRows: 64, perLabel: 64 },
  { maxRows: 64, perLabel: 24 },
  { maxRows: 64, perLabel: 12 },
  { maxRows: 32, perLabel: 12 },
  { maxRows: 24, perLabel: 24 },
  { maxRows: 12, perLabel: 8 },
  { maxRows: 6, perLabel: 4 },
];

function createNormal(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** 33 bases, changed at random to 310; what a flow is good at comes from its base and its changes. */
function synthetic(seed: number): Matrix {
  const random = createRandom(seed);
  const normal = createNormal(random);
  const labels = Array.from({ length: 20 }, (_, n) => `label-${n + 1}`);
  const talents = () => labels.map(() => normal());
  const bases = Array.from({ length: 33 }, () => ({ level: normal(), talent: talents() }));
  const made = Array.from({ length: 310 }, (_, n) => {
    const { level, talent } = bases[n % 33]!;
    const own = talents();
    return {
      level: 0.45 + 0.02 * level + 0.01 * normal(),
      talent: talent.map((value, at) => 0.08 * value + 0.04 * own[at]!),
    };
  });
  const prompts = Array.from({ length: 1000 }, (_, n) => {
    const count = 2 + Math.floor(random() * 6);
    const seen = new Set<string>();
    // Some labels are asked for far more often than others.
    while (seen.size < count) seen.add(labels[Math.floor(random() ** 1.7 * 20)]!);
    return { text: `prompt ${n}`, labels: [...seen] };
  });
  const truth = prompts.map(({ labels: own }) =>
    made.map(
      ({ level, talent }) =>
        level + own.reduce((sum, label) => sum + talent[labels.indexOf(label)]!, 0) / own.length,
    ),
  );
  const scores = truth.map((row) => {
    const prompt = 0.08 * normal();
    return row.map((value) => value + prompt + 0.12 * normal());
  });
  return { flows: made.map((_, n) => `flow-${n + 1}`), prompts, scores, truth };
}

function readMatrices(files: string): Matrix {
  const parsed = files.split(',').map((file) => parseMatrix(readFileSync(file, 'utf8')));
  const scores = parsed[0]!.scores.map((row, p) =>
    row.map((_, f) => parsed.reduce((sum, one) => sum + one.scores[p]![f]!, 0) / parsed.length),
  );
  return { ...parsed[0]!, scores, truth: scores };
}

function parseMatrix(csv: string): Matrix {
  const [head, ...rows] = csvRows(csv);
  const scores = rows.map((row) => row.slice(3).map(Number));
  const prompts = rows.map(([, text, labels]) => ({
    text: text!,
    labels: labels!.split('|').filter(Boolean),
  }));
  return { flows: head!.slice(3), prompts, scores, truth: scores };
}

function csvRows(csv: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, field, end] of csv.trim().matchAll(/("(?:[^"]|"")*"|[^,\r\n]*)(,|\r?\n|$)/g)) {
    rows.at(-1)!.push(field!.replace(/^"|"$/g, '').replaceAll('""', '"'));
    if (end === '') break;
    if (end !== ',') rows.push([]);
  }
  return rows;
}

function tableOf({ flows, prompts, scores }: Matrix, train: readonly number[]): ScoreTable {
  const meanOf = (rows: readonly number[]) => rowMeans(rows, flows.length, scores);
  const overall = meanOf(train);
  const labels = [...new Set(prompts.flatMap((prompt) => prompt.labels))].sort();
  const rowsOf = labels.map((label) => train.filter((p) => prompts[p]!.labels.includes(label)));
  return sealScoreTable({
    scorer: null,
    prompts: train.length,
    flows,
    labels: labels.map((label, at) => ({ label, prompts: rowsOf[at]!.length })),
    overall,
    // A label's mean counts as much as ten prompts of no label.
    byLabel: rowsOf.map((rows) =>
      meanOf(rows).map((score, f) => ({
        ...score,
        mean: (score.mean * rows.length + overall[f]!.mean * 10) / (rows.length + 10),
      })),
    ),
  });
}

function rowMeans(rows: readonly number[], flows: number, scores: number[][]): FlowScore[] {
  return Array.from({ length: flows }, (_, f) => {
    const values = rows.map((p) => scores[p]![f]!);
    const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
    const spread = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const standardError =
      values.length < 2 ? null : Math.sqrt(spread / (values.length - 1) / values.length);
    return { mean, standardError, count: values.length };
  });
}

const countTokens = (text: string) => encode(text).length;

/** For models whose tokens never hold two digits. */
const countSplit = (text: string) =>
  countTokens(text.replaceAll(/\d/g, '')) + (text.match(/\d/g)?.length ?? 0);

const argmax = (values: readonly number[]) => values.indexOf(Math.max(...values));

/** Takes the best mean over the labels of the whole table. */
function readWhole(table: ScoreTable): Choose {
  return (labels) => {
    const rows = labels.map((label) => table.labels.findIndex((one) => one.label === label));
    const lists = rows.length === 0 ? [table.overall] : rows.map((row) => table.byLabel[row]!);
    return argmax(table.flows.map((_, f) => lists.reduce((sum, list) => sum + list[f]!.mean, 0)));
  };
}

/** Knows nothing but the text: what is not listed under a label is thought to be as good as the last that is. */
function readText(text: string, rows: readonly string[], flows: readonly string[]): Choose {
  const columns = new Map(
    text.split('\n').map((line) => {
      const [, name, cells] = /^(.+?) \(.*?\): (.*)$/.exec(line)!;
      const pairs = [...cells!.matchAll(/(\d+)([+-]\d+)/g)].map((m) => [+m[1]!, +m[2]!] as const);
      return [name!, new Map(pairs)];
    }),
  );
  return (labels) => {
    const lists = (labels.length === 0 ? ['all'] : labels).map((label) => columns.get(label)!);
    const points = rows.map((_, at) =>
      lists.reduce((sum, list) => sum + (list.get(at + 1) ?? Math.min(...list.values())), 0),
    );
    return flows.indexOf(rows[argmax(points)]!);
  };
}

/** Share of the way from the best single flow to the oracle. */
function recovery({ prompts, truth }: Matrix, table: ScoreTable, test: number[], choose: Choose) {
  const single = argmax(table.overall.map(({ mean }) => mean));
  let [mine, base, best] = [0, 0, 0];
  for (const p of test) {
    mine += truth[p]![choose(prompts[p]!.labels)]!;
    base += truth[p]![single]!;
    best += Math.max(...truth[p]!);
  }
  return (mine - base) / (best - base);
}

/** Seeded 50/50 or 70/30 splits by text, so that prompts that occur twice stay together. */
function split({ prompts }: Matrix, seed: number, share: number) {
  const random = createRandom(seed);
  const isTrain = new Map<string, boolean>();
  for (const { text } of prompts) if (!isTrain.has(text)) isTrain.set(text, random() < share);
  const all = prompts.map((_, p) => p);
  return {
    train: all.filter((p) => isTrain.get(prompts[p]!.text)),
    test: all.filter((p) => !isTrain.get(prompts[p]!.text)),
  };
}

function report(name: string, create: (seed: number) => Matrix, share: number): void {
  const splits = Array.from({ length: 20 }, (_, seed) => {
    const matrix = create(seed);
    const { train, test } = split(matrix, seed + 1, share);
    return { matrix, test, table: tableOf(matrix, train) };
  });
  const mean = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
  const { matrix, table } = splits[0]!;
  const plain = matrix.flows.map((id, f) => ({
    id,
    scores: Object.fromEntries(
      table.labels.map(({ label }, at) => [label, +table.byLabel[at]![f]!.mean.toFixed(4)]),
    ),
  }));
  const whole = splits.map((one) =>
    recovery(one.matrix, one.table, one.test, readWhole(one.table)),
  );
  console.log(`\n${name}: ${matrix.flows.length} flows × ${table.labels.length} labels, 20 splits`);
  console.log(
    `  whole table as JSON   ${countTokens(JSON.stringify(plain))} tokens  recovery ${mean(whole).toFixed(3)}`,
  );
  for (const size of SIZES.filter(({ maxRows }) => maxRows <= matrix.flows.length)) {
    const results = splits.map((one) => {
      const { text, rows } = compactTable(one.table, size);
      const choose = readText(text, rows, one.matrix.flows);
      return {
        tokens: countTokens(`${rows.join('\n')}\n${text}`),
        split: countSplit(`${rows.join('\n')}\n${text}`),
        rho: recovery(one.matrix, one.table, one.test, choose),
        same: mean(
          one.test.map((p) => {
            const labels = one.matrix.prompts[p]!.labels;
            return Number(choose(labels) === readWhole(one.table)(labels));
          }),
        ),
      };
    });
    console.log(
      `  ${size.maxRows} rows, ${size.perLabel} a label`.padEnd(24) +
        `${Math.round(mean(results.map((r) => r.tokens)))} tokens ` +
        `(${Math.round(mean(results.map((r) => r.split)))} where each digit is one)  ` +
        `recovery ${mean(results.map((r) => r.rho)).toFixed(3)}  ` +
        `same choice ${(100 * mean(results.map((r) => r.same))).toFixed(1)} %`,
    );
  }
}

/** The page and the question that a model gets for 310 flows with real cards, and what they take besides the model. */
async function reportPage(): Promise<void> {
  const library = await loadFlows(fileURLToPath(new URL('../../../workflows', import.meta.url)));
  const matrix = synthetic(0);
  const names = matrix.prompts.map((prompt) => ({
    ...prompt,
    labels: prompt.labels.map((label) => LABELS[Number(label.slice(6)) - 1]!),
  }));
  const table = tableOf({ ...matrix, prompts: names }, [...names.keys()].slice(0, 500));
  const flows = matrix.flows.map((id, n) => ({ ...library[n % library.length]!, id }));
  let asked: LanguageRequest | undefined;
  const usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, costUsd: 0 };
  const llm: LanguageModelV1 = {
    spec: 'v1',
    role: 'language-model',
    name: 'bench',
    model: 'bench',
    supports: { structured: true, promptCache: true, images: false },
    async generate(request) {
      asked = request;
      const text = '{"ranked":[{"flow":"1","reason":"first"}]}';
      return { text, stop: 'end', model: 'bench', usage, warnings: [] };
    },
  };
  const prompt = 'portrait of a wizard in a dark forest, fantasy art, highly detailed';
  const brief = { prompt, parts: splitPrompt(prompt), seed: 0, count: 1, limits: {}, options: {} };
  const nothing = { negative: undefined, width: undefined, height: undefined };
  const request = { brief: { ...brief, ...nothing }, flows, inventory: null, choiceSeed: 0 };
  console.log('\na choice among 310 flows with cards');
  for (const [name, scores] of [['with the table', table] as const, ['cold', undefined] as const]) {
    const selector = inContext({ llm, scores });
    const times: number[] = [];
    for (let turn = 0; turn < 50; turn += 1) {
      const start = performance.now();
      await selector.select(request, createCallContext());
      times.push(performance.now() - start);
    }
    const median = times.sort((a, b) => a - b)[25]!;
    const page = asked!.system!.map(({ text }) => text).join('\n\n');
    console.log(
      `  ${name.padEnd(16)} page ${countTokens(page)} tokens, ` +
        `question ${countTokens(asked!.messages[0]!.content as string)}, ` +
        `schema ${countTokens(JSON.stringify(asked!.schema))}; ${median.toFixed(1)} ms without the model`,
    );
    if (process.env['SHOW']) console.log(page, '\n', asked!.messages[0]!.content);
  }
}

const files = process.argv.slice(2);
report('synthetic', synthetic, 0.5);
await reportPage();
for (const list of files) {
  const name = list.replaceAll(/[^,]*\//g, '');
  const matrix = readMatrices(list);
  if (matrix.prompts.some(({ labels }) => labels.length > 0)) {
    report(`${name}, its own labels`, () => matrix, 0.7);
  }
  const read = ({ text }: { text: string }) => labelPrompt(text).labels.map(({ label }) => label);
  const prompts = matrix.prompts.map((prompt) => ({ ...prompt, labels: read(prompt) }));
  report(`${name}, labels by lexicon`, () => ({ ...matrix, prompts }), 0.7);
}
