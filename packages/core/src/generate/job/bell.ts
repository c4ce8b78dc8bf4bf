/** Tells one who waits that there may be news. */
export interface Bell {
  /** There may be news: whoever waits looks, and who waits next does at once where nobody does now. */
  ring(): void;
  /** Resolves at the next ring; each call waits for one after the last that was heard. */
  heard(): Promise<void>;
}

export function createBell(): Bell {
  let next = Promise.withResolvers<void>();
  return {
    ring: () => next.resolve(),
    async heard() {
      await next.promise;
      next = Promise.withResolvers<void>();
    },
  };
}
