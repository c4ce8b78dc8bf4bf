import { z } from 'zod';
import type { ScoreTable } from '../spec/index.ts';
import { readAs } from '../util/read-as.ts';
import { openDocument, sealDocument } from './seal.ts';

const SCHEMA = 'comfygen/score-table@1';

/** A score table from its content: schema and hash are added. @throws INVALID_SCORES where its shapes don't agree */
export function sealScoreTable(content: Omit<ScoreTable, 'schema' | 'hash'>): ScoreTable {
  const table = sealDocument({ schema: SCHEMA, ...content } as const);
  checkTable(table);
  return table;
}

/**
 * The score table in a parsed JSON file. @throws INVALID_SCORES where it is another file, another version, or damaged
 */
export function parseScoreTable(value: unknown): ScoreTable {
  const table = openDocument(value, {
    schema: SCHEMA,
    noun: 'score table',
    code: 'INVALID_SCORES',
  }) as ScoreTable;
  checkTable(table);
  return table;
}

const isDistinct = (names: readonly string[]) => new Set(names).size === names.length;

const flowScore = z.looseObject({
  mean: z.number(),
  count: z.int(),
  standardError: z.number().min(0).nullable(),
});

const scoreTable = z
  .looseObject({
    flows: z.array(z.string().min(1)).refine(isDistinct, { error: 'must be distinct flow ids' }),
    labels: z
      .array(z.looseObject({ label: z.string().min(1) }))
      .refine((labels) => isDistinct(labels.map(({ label }) => label)), {
        error: 'must be distinct labels',
      }),
    overall: z.array(flowScore),
    byLabel: z.array(z.array(flowScore)),
  })
  .refine(({ flows, overall }) => overall.length === flows.length, {
    error: 'must have a score for each flow',
    path: ['overall'],
  })
  .refine(
    ({ flows, labels, byLabel }) =>
      byLabel.length === labels.length && byLabel.every((row) => row.length === flows.length),
    { error: 'must have a row for each label with a score for each flow', path: ['byLabel'] },
  );

// The hash already says that nothing changed; this finds tables that were sealed wrong.
function checkTable(table: ScoreTable): void {
  readAs(scoreTable, table, { what: 'score table', code: 'INVALID_SCORES' });
}
