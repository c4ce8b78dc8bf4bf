// Draws prompts with the emoji flows and says how well `adherence` tells right from wrong ones:
//   node --conditions=comfygen-source scripts/measure-adherence.ts [folder for the pictures]
// Of the known cases every second one is for choosing thresholds; the others and the fresh ones report.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCallContext, type Score } from 'comfygen/plugin';
import { createTestBrief } from 'comfygen/testing';
import { adherence } from '../src/scorer/index.ts';
import { CASES, type Case, FRESH } from './adherence-cases.ts';
import { type Drawn, renderCases } from './render-cases.ts';
import { type Wrong, wrongPrompts } from './wrong-prompts.ts';

type Kind = 'right' | Wrong['kind'];
interface Scored {
  kind: Kind;
  flow: string;
  picture: number;
  prompt: string;
  score: Score;
}

const MEASURE_OF = {
  object: 'objects',
  'second object': 'objects',
  colour: 'colours',
  'colours swapped': 'colours',
  count: 'count',
  place: 'position',
} as const;

const scorer = adherence();

async function scoreAs(drawn: Drawn, prompt: string): Promise<Score> {
  const brief = createTestBrief(prompt);
  const image = { bytes: drawn.bytes, mediaType: 'image/png' };
  return scorer.score({ image, brief }, createCallContext());
}

const share = (all: readonly Scored[], test: (one: Scored) => boolean) =>
  all.length === 0 ? '–' : `${((100 * all.filter(test).length) / all.length).toFixed(1)} %`;

/** How often a right pair has a higher value than a wrong one. */
function auc(right: readonly number[], wrong: readonly number[]): number {
  let sum = 0;
  for (const a of right) for (const b of wrong) sum += a > b ? 1 : a === b ? 0.5 : 0;
  return sum / Math.max(1, right.length * wrong.length);
}

function report(title: string, scored: readonly Scored[]): void {
  const values = (some: readonly Scored[]) => some.map(({ score }) => score.value);
  const right = scored.filter(({ kind }) => kind === 'right');
  const wrong = scored.filter(({ kind }) => kind !== 'right');
  console.log(`\n${title}: ${right.length} right pairs, ${wrong.length} wrong ones`);
  console.log(`  AUC of value: ${auc(values(right), values(wrong)).toFixed(4)}`);
  console.log(`  value above 0.5 where right: ${share(right, ({ score }) => score.value > 0.5)}`);
  console.log(`  value below 0.5 where wrong: ${share(wrong, ({ score }) => score.value < 0.5)}`);
  for (const [kind, measure] of Object.entries(MEASURE_OF)) {
    const some = wrong.filter((one) => one.kind === kind);
    const held = right.filter(({ score }) => score.raw[measure] !== undefined);
    const of = ({ score }: Scored) => score.raw[measure] as number;
    const separation = auc(held.map(of), some.map(of));
    console.log(
      `  wrong ${kind} (${some.length}): value below 0.5 ${share(some, ({ score }) => score.value < 0.5)}, ` +
        `${measure} below 0.5 ${share(some, (one) => of(one) < 0.5)}, above where right ` +
        `${share(held, (one) => of(one) > 0.5)}, AUC of ${measure} ${separation.toFixed(4)}`,
    );
  }
}

async function scoreAll(cases: readonly Case[], name: string, seed: number): Promise<Scored[]> {
  const scored: Scored[] = [];
  for (const [picture, one] of (await renderCases(cases, join(folder, name), seed)).entries()) {
    const add = async (kind: Kind, prompt: string) =>
      scored.push({ kind, picture, flow: one.flow, prompt, score: await scoreAs(one, prompt) });
    await add('right', one.prompt);
    for (const { kind, prompt } of wrongPrompts(one.asked, picture)) await add(kind, prompt);
  }
  return scored;
}

const folder = process.argv[2] ?? join(tmpdir(), 'comfygen-adherence');
const known = await scoreAll(CASES, 'known', 100);
const fresh = await scoreAll(FRESH, 'fresh', 1000);
const isOdd = ({ picture }: Scored) => picture % 2 === 1;
report(
  'for choosing',
  known.filter((one) => !isOdd(one)),
);
report('for reporting', known.filter(isOdd));
report('fresh', fresh);
console.log('\nmisjudged:');
for (const { kind, prompt, picture, flow, score } of [...known, ...fresh]) {
  if (kind === 'right' ? score.value > 0.5 : score.value < 0.5) continue;
  const raw = Object.entries(score.raw).map(([name, value]) => `${name} ${value.toFixed(2)}`);
  console.log(
    `  ${picture} ${flow}, ${kind}: "${prompt}" ${score.value.toFixed(2)} (${raw.join(', ')})`,
  );
}
