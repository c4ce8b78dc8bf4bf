import type { Contestant } from '../evaluate/types.ts';
import { knn } from './knn.ts';
import { bestSingle, labelTable, random } from './simple.ts';

/** What every selector has to beat: `random`, `best-single`, `label-table` and `knn`. */
export function baselines(): Contestant[] {
  return [random, bestSingle, labelTable, knn];
}
