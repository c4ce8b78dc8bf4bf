/**
 * Labels the prompts of CSV files (`id,prompt,labels,…`) and prints the share with a label, labels a
 * prompt, and the time that labelling and selecting among 310 flows take.
 *
 *   node --conditions=comfygen-source packages/selectors/bench/labels.ts [--show 40] file.csv …
 */
import { readFileSync } from 'node:fs';
import { labelPrompt } from '../src/rules/label-prompt.ts';

function promptsOf(file: string): { prompt: string; labels: string }[] {
  const rows = readFileSync(file, 'utf8').split('\n').slice(1);
  return rows.flatMap((row) => {
    const match = /^[^,]*,(?:"((?:[^"]|"")*)"|([^,]*)),([^,]*),/.exec(row);
    if (match === null) return [];
    return [{ prompt: (match[1] ?? match[2] ?? '').replaceAll('""', '"'), labels: match[3] ?? '' }];
  });
}

const args = process.argv.slice(2);
const showAt = args.indexOf('--show');
const show = showAt < 0 ? 0 : Number(args.splice(showAt, 2)[1]);
const none = args.includes('--none');
for (const file of args.filter((arg) => !arg.startsWith('--'))) {
  const rows = promptsOf(file);
  for (const { prompt } of rows) labelPrompt(prompt);
  const start = performance.now();
  const results = rows.map(({ prompt }) => labelPrompt(prompt));
  const perPrompt = (performance.now() - start) / rows.length;
  const labelled = results.filter(({ labels }) => labels.length > 0).length;
  const mean = results.reduce((sum, { labels }) => sum + labels.length, 0) / rows.length;
  console.log(
    `${file}: ${rows.length} prompts, ${((100 * labelled) / rows.length).toFixed(1)} % with a label, ` +
      `${mean.toFixed(2)} labels a prompt, ${perPrompt.toFixed(3)} ms a prompt`,
  );
  if (none) {
    for (const [i, r] of results.entries())
      if (r.labels.length === 0) console.log('  -', rows[i]!.prompt.slice(0, 160));
  }
  const step = Math.max(1, Math.floor(rows.length / Math.max(1, show)));
  for (let i = 7; i < rows.length && show > 0; i += step) {
    const { labels, traits } = results[i]!;
    console.log(`\n  [${rows[i]!.labels}] ${rows[i]!.prompt.slice(0, 220)}`);
    console.log(
      `    ${labels.map((l) => `${l.label} ${l.weight} (${l.words.join(', ')})`).join('; ')}`,
    );
    console.log(`    ~ ${traits.map((t) => `${t.trait} (${t.words.join(' | ')})`).join('; ')}`);
  }
}
