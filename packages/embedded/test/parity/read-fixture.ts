import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A value of a case: plain, or how to make it. */
export type Spec =
  | string
  | number
  | { image: number[]; phase: number }
  | { latent: number[]; phase?: number; zero?: boolean }
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

/** A node call and what ComfyUI gave for it: outputs, or an error. */
export interface ParityCase extends NodeSpec {
  id: string;
  outputs?: (Numbers | ConditionNumbers[])[];
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
export const fixture: Fixture = JSON.parse(
  readFileSync(join(import.meta.dirname, '__fixtures__/comfyui-0.33.0-nodes.json'), 'utf8'),
);
