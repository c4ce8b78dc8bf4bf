import type { Contestant } from '../evaluate/types.ts';
import { knn } from './knn.ts';
import { bestSingle, labelTable, random } from './simple.ts';

/** The baselines that a selector should beat: `random`, `best-single`, `label-table` and `knn`. */
export function baselines(): Contestant[] {
  return [random, bestSingle, labelTable, knn];
}
