import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const data = fileURLToPath(new URL('../../../../../shared/data/comfyui/', import.meta.url));

/** Recorded traffic of a real server; see its own README. */
export interface Recording {
  clientId: string;
  http: Exchange[];
  ws: Frame[];
}

interface Exchange {
  method: string;
  path: string;
  requestBody: unknown;
  status: number;
  headers: Record<string, string>;
  body: unknown;
  note?: string;
}

interface Frame {
  type: 'text' | 'binary' | 'sent' | 'close' | 'note';
  data: { type?: string; data?: Record<string, unknown>; base64?: string };
}

export const missing = !existsSync(`${data}object_info.v0.33.0.json`);
if (missing) console.warn(`SKIPPED: the recordings of a real server are not at ${data}`);

export function readData(path: string): unknown {
  return JSON.parse(readFileSync(data + path, 'utf8'));
}

export function readRecording(name: string): Recording {
  return readData(`recordings/${name}.json`) as Recording;
}
