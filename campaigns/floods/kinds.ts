/** What a server sends too much of. */
export type Flood = (typeof FLOODS)[number];

export const FLOODS = [
  'none',
  'object-info',
  'object-info-flat',
  'history',
  'history-messages',
  'history-files',
  'queue',
  'error',
  'frame',
  'long-text',
  'progress',
  'states',
  'previews',
] as const;
