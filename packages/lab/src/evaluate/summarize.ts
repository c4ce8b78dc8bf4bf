import { bootstrapRecovery, quantile, recovery } from './bootstrap.ts';
import type { Outcome } from './judge-ranking.ts';
import type { Contestant, SelectorResult } from './types.ts';

/** The results gathered for one row of the table. */
export interface Entry {
  contestant: Pick<Contestant, 'name' | 'usesLabels' | 'note'>;
  outcomes: Outcome[];
  /** The selector's warnings by code: the last message, and how often it came. */
  warnings: Map<string, { message: string; count: number }>;
  /** Numbers of the texts that it was asked about. */
  asked: Set<number>;
  /** Time and model size of each fit, one for each split; empty where nothing is fitted. */
  fits: { seconds: number; modelBytes: number | null }[];
}

/** Makes a row without results. */
export function createEntry(contestant: Entry['contestant']): Entry {
  return { contestant, outcomes: [], warnings: new Map(), asked: new Set(), fits: [] };
}

/** The row of the table for these results. */
export function summarize({ contestant, outcomes, fits }: Entry, seed: number): SelectorResult {
  const micros = outcomes.flatMap((outcome) => outcome.micros ?? []).sort((a, b) => a - b);
  const intervals = sum(outcomes, ({ intervals }) => intervals);
  const sizes = fits.flatMap(({ modelBytes }) => modelBytes ?? []);
  return {
    selector: contestant.name,
    usesLabels: contestant.usesLabels === true,
    note: contestant.note ?? null,
    rho: bootstrapRecovery(outcomes, seed),
    score: sum(outcomes, ({ score }) => score) / outcomes.length,
    regret: sum(outcomes, ({ oracle, score }) => oracle - score) / outcomes.length,
    worstSplit: worstSplit(outcomes),
    top2: recovery(outcomes, ({ top2 }) => top2),
    top3: recovery(outcomes, ({ top3 }) => top3),
    top2Noisy: recovery(outcomes, ({ top2Noisy }) => top2Noisy),
    top3Noisy: recovery(outcomes, ({ top3Noisy }) => top3Noisy),
    coverage90: intervals === 0 ? null : sum(outcomes, ({ inside }) => inside) / intervals,
    abstained: sum(outcomes, ({ abstained }) => Number(abstained)) / outcomes.length,
    microsPerChoice: micros.length === 0 ? null : sum(micros, (one) => one) / micros.length,
    microsP50: micros.length === 0 ? null : quantile(micros, 0.5),
    microsP99: micros.length === 0 ? null : quantile(micros, 0.99),
    trainSeconds: fits.length === 0 ? null : sum(fits, ({ seconds }) => seconds) / fits.length,
    modelBytes: sizes.length === 0 ? null : Math.max(...sizes),
  };
}

function worstSplit(outcomes: readonly Outcome[]): number | null {
  const recoveries = [...Map.groupBy(outcomes, ({ split }) => split).values()].flatMap(
    (own) => recovery(own, ({ score }) => score) ?? [],
  );
  return recoveries.length === 0 ? null : Math.min(...recoveries);
}

function sum<T>(items: readonly T[], numberOf: (item: T) => number): number {
  return items.reduce((total, item) => total + numberOf(item), 0);
}

/** Notes about the selector's warnings, one for each kind, so that fallbacks don't pass for its own choices. */
export function warningNotes({ contestant, outcomes, warnings }: Entry): string[] {
  return [...warnings.values()].map(({ message, count }) => {
    const share = `${count.toLocaleString('en')} of ${outcomes.length.toLocaleString('en')}`;
    return `${contestant.name} warned at ${share} choices: ${message}`;
  });
}
