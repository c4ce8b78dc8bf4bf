/** A peer of this folder; its types are the adapter's to state, so that nobody needs peers to build. */
export function loadPeer<T>(name: string): Promise<T> {
  return import(name) as Promise<T>;
}
