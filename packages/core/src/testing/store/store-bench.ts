import type { Case } from '../runner.ts';

/** A store, and further ones on what it keeps. */
export interface StoreBench<Store> {
  store: Store;
  /** Another store on the same place, as another process has; `undefined` where each store keeps for itself. */
  another: (() => Store) | undefined;
}

/** A case of a store's suite. */
export interface StoreCase<Store> extends Case<StoreBench<Store>> {
  /** Whether it needs two stores on one place. */
  shared?: true;
}

/** What a suite needs of a store's author. */
export interface StoreSuiteOptions<Store> {
  /** A fresh store on an empty place, and where stores can share it, how another one on it is made. */
  create(): Promise<StoreBench<Store>>;
  /** How long one case may take, in milliseconds. Default 20,000; give the runner a longer limit. */
  limitMs?: number | undefined;
}

/** All that a list gives. */
export async function all<T>(list: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of list) items.push(item);
  return items;
}
