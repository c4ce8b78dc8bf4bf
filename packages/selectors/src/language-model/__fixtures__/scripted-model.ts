import type {
  Flow,
  LanguageModelV1,
  LanguageReply,
  LanguageRequest,
} from 'comfygen/plugin';
import { type FlowScore, type ScoreTable, sealScoreTable } from 'comfygen/plugin';
import { createTestBrief, createTestFlow } from 'comfygen/testing';

export type Script = (request: LanguageRequest, turn: number) => unknown;

type ScriptedModel = LanguageModelV1 & { requests: LanguageRequest[] };

/** A language model that says what a test wants; objects are written as JSON, errors are thrown, replies are given as they are. */
export function scriptedModel(script: Script): ScriptedModel {
  const requests: LanguageRequest[] = [];
  return {
    spec: 'v1',
    role: 'language-model',
    name: 'scripted',
    model: 'scripted-1',
    supports: { structured: false, promptCache: false, images: false },
    requests,
    async generate(request, ctx) {
      ctx.signal.throwIfAborted();
      requests.push(structuredClone(request));
      const said = script(request, requests.length);
      if (said instanceof Error) throw said;
      if (typeof said === 'object' && said !== null && 'usage' in said)
        return said as LanguageReply;
      return reply(typeof said === 'string' ? said : JSON.stringify(said));
    },
  };
}

/** A scripted model that ignores its signal and never answers from some request on. */
export function silentAfter(answered: number, script: Script = () => ''): ScriptedModel {
  const llm = scriptedModel(script);
  return {
    ...llm,
    async generate(request, ctx) {
      if (llm.requests.length < answered) return llm.generate(request, ctx);
      llm.requests.push(structuredClone(request));
      return new Promise<never>(() => {});
    },
  };
}

/** A reply that took 100 tokens of input and 10 of output, for a cent. */
export function reply(text: string, stop: LanguageReply['stop'] = 'end'): LanguageReply {
  const usage = { inputTokens: 100, outputTokens: 10, cachedTokens: 0, costUsd: 0.01 };
  return { text, stop, model: 'scripted-1', usage, warnings: [] };
}

export const choose = (...rows: (string | number)[]) => ({
  labels: [],
  ranked: rows.map((flow) => ({ reason: `${flow} it is.`, flow: String(flow) })),
  confidence: 'high',
});

/** A flow by its id, told apart by what it is made for. */
export function flow(id: string, changes: Partial<Flow> = {}): Flow {
  return createTestFlow(id, { description: `Made for ${id}.`, ...changes });
}

/** A table of means, with a standard error of 0.02 throughout. */
export function table(
  overall: { [id: string]: number },
  labels: { [label: string]: number[] } = {},
): ScoreTable {
  const cell = (mean: number): FlowScore => ({ mean, standardError: 0.02, count: 20 });
  return sealScoreTable({
    scorer: null,
    prompts: 20,
    flows: Object.keys(overall),
    labels: Object.keys(labels).map((label) => ({ label, prompts: 20 })),
    overall: Object.values(overall).map(cell),
    byLabel: Object.values(labels).map((means) => means.map(cell)),
  });
}

export const request = (prompt: string, flows: readonly Flow[]) => ({
  brief: createTestBrief(prompt),
  flows,
  inventory: null,
  choiceSeed: 0,
});
