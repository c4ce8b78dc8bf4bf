import type { ArtSet } from '../world/art/icon-set.ts';

/** The sets of art that drawings are compared with. */
export const SETS: readonly ArtSet[] = ['noto', 'fluent-emoji-flat', 'fluent-emoji-high-contrast'];

/** Pixels a side at which drawings are read. */
export const PIXELS = 48;
