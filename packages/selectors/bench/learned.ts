/**
 * Measures `learned`: training, size of the model, how often scores lie in their intervals, how long a choice takes
 * among 310 flows, and what a flow with few scores does to the others.
 *
 *   node --conditions=comfygen-source packages/selectors/bench/learned.ts scores.csv[,more.csv] [--trials 200]
 *
 * Files as for `comfygen bench selectors`, which compares selectors.
 */
import { defineFlow } from 'comfygen';
import {
  createCallContext,
  createRandom,
  type Flow,
  type ScoreMatrix,
  type SelectorRequest,
} from 'comfygen/plugin';
import { createTestBrief } from 'comfygen/testing';
import { drawIndices } from '../src/learned/draw-indices.ts';
import { type LearnedModel, learned, trainLearned } from '../src/learned/index.ts';
import { readMatrix } from './read-matrix.ts';

const FLOWS = 310;
const FEW = 20;

const args = process.argv.slice(2);
const trialsAt = args.indexOf('--trials');
const trials = trialsAt < 0 ? 0 : Number(args.splice(trialsAt, 2)[1]);
const matrix = readMatrix((args[0] ?? '').split(','));
const ctx = createCallContext();
const bare = defineFlow({ id: 'bare', workflow: { 1: { class_type: 'SaveImage', inputs: {} } } });
const flowsOf = (ids: readonly string[]): Flow[] => ids.map((id) => ({ ...bare, id }));

await measureCost();
await measureCoverage();
await measureNewcomers();

function takeRows({ flows, prompts, scores }: ScoreMatrix, rows: readonly number[]): ScoreMatrix {
  return {
    flows,
    prompts: rows.map((row) => prompts[row]!),
    scores: rows.map((row) => scores[row]!),
  };
}

function halves(share: number, random: () => number): [train: number[], test: number[]] {
  const size = matrix.prompts.length;
  const train = drawIndices(size, Math.round(size * share), random);
  const isTrain = new Set(train);
  return [train, Array.from({ length: size }, (_, row) => row).filter((row) => !isTrain.has(row))];
}

function requestFor(prompt: string, flows: readonly Flow[]): SelectorRequest {
  const brief = createTestBrief(prompt);
  return { brief, flows, inventory: null, choiceSeed: 0 };
}

function select(model: LearnedModel) {
  const selector = learned({ model });
  return (prompt: string, flows: readonly Flow[]) =>
    selector.select(requestFor(prompt, flows), ctx);
}

async function measureCost() {
  const before = process.cpuUsage();
  const model = await trainLearned(matrix);
  const { user, system } = process.cpuUsage(before);
  const size = `${matrix.prompts.length} prompts × ${matrix.flows.length} flows`;
  console.log(`training on ${size}: ${((user + system) / 1e6).toFixed(2)} s of CPU`);
  console.log(`model: ${JSON.stringify(model).length} bytes`);

  const wide = {
    ...matrix,
    flows: Array.from({ length: FLOWS }, (_, flow) => `flow-${flow}`),
    scores: matrix.scores.map((row) =>
      Array.from({ length: FLOWS }, (_, flow) => row[flow % row.length]!),
    ),
  };
  const start = process.cpuUsage();
  const wideModel = await trainLearned(wide);
  const spent = process.cpuUsage(start);
  const bytes = JSON.stringify(wideModel).length;
  console.log(`with ${FLOWS} flows: ${(spent.user / 1e6).toFixed(2)} s of CPU, ${bytes} bytes`);
  const selector = learned({ model: wideModel });
  const flows = flowsOf(wide.flows);
  const requests = matrix.prompts.map(({ text }) => requestFor(text, flows));
  for (const request of requests) await selector.select(request, ctx);
  const wall: number[] = [];
  const cpu: number[] = [];
  for (const request of requests) {
    const [from, used] = [performance.now(), process.cpuUsage()];
    await selector.select(request, ctx);
    const { user, system } = process.cpuUsage(used);
    wall.push(performance.now() - from);
    cpu.push((user + system) / 1_000);
  }
  for (const [name, times] of Object.entries({ wall, cpu })) {
    times.sort((a, b) => a - b);
    const at = (share: number) => times[Math.floor(share * times.length)]!.toFixed(3);
    console.log(`a choice among ${FLOWS}, ${name}: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
  }
}

async function measureCoverage() {
  const [train, test] = halves(0.7, createRandom(1));
  const ask = select(await trainLearned(takeRows(matrix, train)));
  const flows = flowsOf(matrix.flows);
  let [inside, cells] = [0, 0];
  for (const row of test) {
    const { ranked } = await ask(matrix.prompts[row]!.text, flows);
    for (const { flowId, interval } of ranked) {
      const score = matrix.scores[row]![matrix.flows.indexOf(flowId)]!;
      if (score === null) continue;
      cells += 1;
      if (interval![0] <= score && score <= interval![1]) inside += 1;
    }
  }
  const share = ((100 * inside) / cells).toFixed(1);
  console.log(`90 % intervals hold ${share} % of ${cells} scores of prompts that were left out`);
}

/** A flow is hidden but for 20 scores: is the choice with it at least as good as without it? */
async function measureNewcomers() {
  const changes: number[] = [];
  for (let trial = 0; trial < trials; trial += 1) {
    const random = createRandom(1_000 + trial);
    const [train, test] = halves(0.4, random);
    const hidden = Math.floor(random() * matrix.flows.length);
    const shown = new Set(drawIndices(train.length, FEW, random));
    const part = takeRows(matrix, train);
    const hide = (isShown: (row: number) => boolean): ScoreMatrix => ({
      ...part,
      scores: part.scores.map((row, index) =>
        row.map((score, flow) => (flow === hidden && !isShown(index) ? null : score)),
      ),
    });
    const all = flowsOf(matrix.flows);
    const others = all.filter((_, flow) => flow !== hidden);
    const without = select(await trainLearned(hide(() => false)));
    const having = select(await trainLearned(hide((row) => shown.has(row))));
    let [gain, gap] = [0, 0];
    for (const row of test) {
      const text = matrix.prompts[row]!.text;
      const scoreOf = (id: string) => matrix.scores[row]![matrix.flows.indexOf(id)] ?? 0;
      const before = await without(text, others);
      const after = await having(text, all);
      gain += scoreOf(after.ranked[0]!.flowId) - scoreOf(before.ranked[0]!.flowId);
      const single = before.gain?.over ?? before.ranked[0]!.flowId;
      gap += Math.max(...matrix.scores[row]!.map((score) => score ?? -Infinity)) - scoreOf(single);
    }
    changes.push(gain / gap);
  }
  if (changes.length === 0) return;
  const mean = changes.reduce((sum, change) => sum + change, 0) / changes.length;
  const variance = changes.reduce((sum, change) => sum + (change - mean) ** 2, 0) / changes.length;
  const error = Math.sqrt(variance / changes.length);
  const worse = changes.filter((change) => change < -0.001).length;
  console.log(
    `a new flow with ${FEW} scores changes recovery by ${mean.toFixed(4)} ± ${error.toFixed(4)} ` +
      `on average of ${trials} trials; lower in ${worse} of them`,
  );
}
