import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A value of a case: plain, or how to make it. */
export type Spec =
  | string
  | number
  | { image: number[]; phase: number }
  | { latent: number[]; phase?: number; zero?: boolean }
  | { mask: number[]; phase: number }
  | { vae: string }
  | { conditions: ConditionSpec[] }
  | { model: string }
  | NodeSpec;

/** A node with its inputs. */
interface NodeSpec {
  node: string;
  args: { [name: string]: Spec };
}

/** One text embedding and the nodes that it goes through. */
export interface ConditionSpec {
  tokens: number;
  phase: number;
  then?: NodeSpec[];
}

/** Numbers as the reference has them; `data: 0` where all are zero. */
export interface Numbers {
  shape: number[];
  data: number[];
}

/** A condition as the reference has it: areas are `[height, width, y, x]`, shares behind "percentage". */
export interface ConditionNumbers {
  embedding: Numbers;
  pooled: Numbers;
  area?: (number | string)[];
  strength?: number;
}

/** A latent with its noise mask as the reference has it. */
export interface LatentNumbers {
  samples: Numbers;
  noiseMask?: Numbers;
}

/** A node call and what ComfyUI gave for it: outputs, or an error. */
export interface ParityCase<Output = Numbers | ConditionNumbers[]> extends NodeSpec {
  id: string;
  outputs?: Output[];
  error?: string;
}

/** See the fixture's own `note`. */
export interface Fixture {
  note: string;
  cases: ParityCase[];
  files: {
    save: {
      image: { image: number[]; phase: number; scale: number; offset: number };
      bytes: number[];
      text: { prompt: string };
      filename: string;
    };
    load: {
      name: string;
      png: string;
      image: Numbers;
      mask: { shape: number[]; data: number[] | 0 };
    }[];
  };
  promptWeights: { [text: string]: [string, number][] };
}

/** What the real ComfyUI 0.33.0 gave. */
export const fixture: Fixture = read('nodes');

/** What it gave for masks; `null` stands for conditions that come out as they went in. */
export const masks: { note: string; cases: ParityCase<Numbers | LatentNumbers | null>[] } =
  read('masks');

function read<Kind>(name: string): Kind {
  const path = join(import.meta.dirname, `__fixtures__/comfyui-0.33.0-${name}.json`);
  return JSON.parse(readFileSync(path, 'utf8')) as Kind;
}
