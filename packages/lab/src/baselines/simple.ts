import { defineSelector } from 'comfygen/plugin';
import type { Contestant } from '../evaluate/types.ts';
import { seedRandom, shuffle } from '../random.ts';
import { buildScoreTable } from '../table/build-score-table.ts';
import { flowMeans } from '../table/flow-means.ts';
import { rankFlows } from './rank-flows.ts';

const SUPPORTS = { deterministic: true };

/** A contestant that draws any flow, evenly, by the choice’s seed. */
export const random: Contestant = {
  name: 'random',
  fit: () => ({
    modelBytes: null,
    selector: defineSelector({
      name: 'random',
      supports: SUPPORTS,
      async select(request) {
        const drawn = shuffle(request.flows, seedRandom('random', request.choiceSeed));
        const place = new Map(drawn.map(({ id }, index) => [id, -index]));
        const selection = rankFlows(request, (id) => place.get(id)!, { reason: 'drawn' });
        for (const flow of selection.ranked) {
          flow.score = null;
          flow.probability = 1 / drawn.length;
        }
        return selection;
      },
    }),
  }),
};

/** A contestant that always takes the flow with the best mean. */
export const bestSingle: Contestant = {
  name: 'best-single',
  fit(matrix) {
    const means = flowMeans(matrix);
    const byId = new Map(matrix.flows.map((flow, index) => [flow, means[index]!]));
    const reason = 'best mean over all prompts';
    const selector = defineSelector({
      name: 'best-single',
      supports: SUPPORTS,
      async select(request) {
        return rankFlows(request, (id) => byId.get(id) ?? -Infinity, { reason });
      },
    });
    return { modelBytes: JSON.stringify([...byId]).length, selector };
  },
};

/**
 * A contestant that follows ComfyGen-IC, with the labels of the data instead of a language model's: it ranks by the
 * mean of a flow's scores under the prompt's labels, or over all prompts where it has none.
 */
export const labelTable: Contestant = {
  name: 'label-table',
  usesLabels: true,
  note: 'given the labels of the data',
  fit(matrix) {
    const table = buildScoreTable(matrix);
    const rows = new Map(table.labels.map(({ label }, index) => [label, table.byLabel[index]!]));
    const columns = new Map(table.flows.map((flow, index) => [flow, index]));
    const selector = defineSelector({
      name: 'label-table',
      supports: SUPPORTS,
      async select(request) {
        const given = request.brief.options['label-table']?.['labels'];
        const labels = (Array.isArray(given) ? given : []).map(String);
        const known = labels.map((label) => rows.get(label)).filter((row) => row !== undefined);
        const used = known.length === 0 ? [table.overall] : known;
        const mean = (id: string) => {
          const column = columns.get(id);
          if (column === undefined) return -Infinity;
          return used.reduce((sum, row) => sum + row[column]!.mean, 0) / used.length;
        };
        return rankFlows(request, mean, { reason: 'best under these labels', labels });
      },
    });
    return { modelBytes: JSON.stringify(table).length, selector };
  },
};
