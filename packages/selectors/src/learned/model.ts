import { ComfygenError, openDocument, type SealedDocument, sealDocument } from 'comfygen/plugin';
import type { GainRecord } from './gain.ts';
import type { Reach } from './intervals.ts';
import type { PackedRows } from './packed.ts';

const SCHEMA = 'comfygen/learned@1';

/** A prompt that was learned from. */
export interface LearnedPrompt {
  /** Its first 600 characters. */
  text: string;
  /** Given labels, where they are used. */
  labels?: string[] | undefined;
  /** The flow that was liked best, as an index into `flows`, and its score. */
  best: number;
  score: number;
}

/** A flow that was learned. */
export interface LearnedFlow {
  id: string;
  /** Estimated mean score, and its standard error. */
  mean: number;
  error: number;
  /** Prompts that were scored with it. */
  count: number;
  /** How far scores lie from predictions. */
  reach: Reach;
  /** What it is made of, where that was told. */
  traits: string[];
}

/**
 * What {@link trainLearned} learned: plain JSON with a hash, at most about 2 MB. It holds the texts of the prompts,
 * since likeness to them is what it chooses by.
 */
export interface LearnedModel extends SealedDocument {
  schema: typeof SCHEMA;
  seed: number;
  /** What turned the prompts into vectors; `null` where only the text counts. */
  embedder: { name: string; version: string; dimensions: number } | null;
  /** Whether labels that come with the prompt are read. */
  usesLabels: boolean;
  /** Tells whether another version of comfygen reads prompts in another way. */
  reading: string;
  prompts: LearnedPrompt[];
  /** The prompts' vectors; `null` without an embedder. */
  vectors: string | null;
  flows: LearnedFlow[];
  /** The spread of the flows' means; the prior for a flow that is not among them. */
  prior: { mean: number; spread: number; reach: Reach };
  /** The least and the greatest score seen. */
  range: [low: number, high: number];
  ridge: number;
  /** A row a pattern: by flow. */
  loadings: PackedRows;
  /** A row a pattern, and one for the level: by prompt. */
  weights: PackedRows;
  gain: GainRecord;
}

/** Adds schema and hash. */
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
