/** Words and phrases that speak for one tag, separated by commas, by how strongly they do. */
export interface LexiconEntry {
  /** A label of the method or a trait, as flows carry it in `tags`. */
  tag: string;
  /** Words of which one is enough. */
  strong?: string;
  /** Words of which one is enough, but which give way where other tags compete. */
  medium?: string;
  /** Words of which two are needed. */
  weak?: string;
}

/** What the three columns of an entry are worth, 0 to 1. */
export const STRENGTHS = { strong: 0.9, medium: 0.6, weak: 0.3 } as const;
