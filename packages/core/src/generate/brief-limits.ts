/** What a brief may ask for at most: the bounds that core checks and that other doors show. */
export const BRIEF_LIMITS = {
  /** Characters of the prompt and of the negative. */
  promptLength: 10_000,
  /** Images of one run. */
  maxCount: 64,
  /** Pixels. */
  minSide: 16,
  /** Pixels. */
  maxSide: 16_384,
  maxSeed: 2n ** 64n - 1n,
} as const;
