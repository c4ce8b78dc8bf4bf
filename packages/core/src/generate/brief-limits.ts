/** The bounds of what a brief may ask for: core checks them, and interfaces can show them. */
export const BRIEF_LIMITS = {
  /** Longest prompt and longest negative, in characters. */
  promptLength: 10_000,
  /** Most images of one run. */
  maxCount: 64,
  /** Smallest width and height, in pixels. */
  minSide: 16,
  /** Largest width and height, in pixels. */
  maxSide: 16_384,
  /** Largest file of a picture that a brief brings, in bytes: 64 MiB. */
  maxPictureBytes: 2 ** 26,
  /** Most pixels of a picture that a brief brings. */
  maxPicturePixels: 2 ** 26,
  /** How many times longer than the other one side may be. */
  maxRatio: 16,
  /** Most inputs by name. */
  maxInputs: 100,
  maxSeed: 2n ** 64n - 1n,
} as const;
