import { ComfygenError, openDocument, type SealedDocument, sealDocument } from 'comfygen/plugin';
import type { GainRecord } from './gain.ts';
import type { Reach } from './intervals.ts';
import type { PackedRows } from './packed.ts';

const SCHEMA = 'comfygen/learned@1';

/** A prompt that the model was trained on. */
export interface LearnedPrompt {
  /** Its first 600 characters. */
  text: string;
  /** The labels that came with it; absent where they are not used. */
  labels?: string[] | undefined;
  /** The flow with the best score on this prompt, as an index into `flows`, and that score. */
  best: number;
  score: number;
}

/** A flow that the model was trained on. */
export interface LearnedFlow {
  id: string;
  /** Estimated mean score, and its standard error. */
  mean: number;
  error: number;
  /** Number of prompts that it was scored on. */
  count: number;
  /** How far scores lie from predictions. */
  reach: Reach;
  /** What it is made of, as words; empty where the flow was not given. */
  traits: string[];
}

/**
 * What {@link trainLearned} learned: plain JSON with a hash, at most about 2 MB. It holds the texts of the prompts,
 * since likeness to them is what it chooses by.
 */
export interface LearnedModel extends SealedDocument {
  schema: typeof SCHEMA;
  seed: number;
  /** The embedder that turned the prompts into vectors; `null` where none was used. */
  embedder: { name: string; version: string; dimensions: number } | null;
  /** Whether labels that come with a prompt are used. */
  usesLabels: boolean;
  /** A hash of how the prompts were read; differs where another version of comfygen reads them in another way. */
  reading: string;
  prompts: LearnedPrompt[];
  /** The prompts' vectors; `null` without an embedder. */
  vectors: string | null;
  flows: LearnedFlow[];
  /** What is assumed of a flow that is not among them: mean, spread of means, and interval. */
  prior: { mean: number; spread: number; reach: Reach };
  /** The lowest and the highest score seen in training. */
  range: [low: number, high: number];
  ridge: number;
  /** One row for each pattern, one number for each flow. */
  loadings: PackedRows;
  /** One row for each pattern and one for the level, one number for each prompt. */
  weights: PackedRows;
  gain: GainRecord;
}

/** The model with its schema and hash. */
export function sealModel(content: Omit<LearnedModel, 'schema' | 'hash'>): LearnedModel {
  return sealDocument({ schema: SCHEMA, ...content } as const);
}

/** The model in a parsed JSON file. @throws INVALID_MODEL where it is another file, another version, or damaged */
export function parseLearnedModel(value: unknown): LearnedModel {
  const kind = { schema: SCHEMA, noun: 'learned model', code: 'INVALID_MODEL' } as const;
  const model = openDocument(value, kind) as LearnedModel;
  // The hash already says that nothing changed; this finds models that were sealed wrong.
  const { prompts, flows, loadings, weights, vectors, embedder } = model;
  const isWhole =
    Array.isArray(prompts) &&
    Array.isArray(flows) &&
    flows.length > 0 &&
    weights?.length === prompts.length &&
    weights.scales.length === loadings?.scales.length + 1 &&
    (loadings.scales.length === 0 || loadings.length === flows.length) &&
    (vectors === null) === (embedder === null);
  if (isWhole) return model;
  throw new ComfygenError(
    'INVALID_MODEL',
    'This is no learned model: its parts do not fit together. Train it again.',
  );
}
