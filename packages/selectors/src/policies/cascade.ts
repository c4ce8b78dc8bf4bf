import {
  defineSelector,
  type LanguageUsage,
  namesIn,
  parseOptions,
  type Selection,
  type SelectorV1,
} from 'comfygen/plugin';
import { z } from 'zod';
import { isUnsure } from './is-unsure.ts';

const schema = z.strictObject({
  when: z.custom<(selection: Selection) => boolean>((v) => typeof v === 'function').optional(),
});

/** Options of `cascade`. */
export interface CascadeOptions {
  /** Decides by the cheap selection whether the costly selector is asked. Default: `isUnsure`. */
  when?: ((selection: Selection) => boolean) | undefined;
}

/**
 * Asks a costly selector only where a cheap one is unsure; `evidence.cascade` says which decided. Where the
 * costly one fails or ranks nothing, the cheap one's choice stands, with a warning. Both learn, both are
 * disposed of, and what a language model was paid is passed on.
 *
 * @throws INVALID_OPTIONS
 */
export function cascade(
  cheap: SelectorV1,
  costly: SelectorV1,
  options: CascadeOptions = {},
): SelectorV1 {
  const name = `cascade-${cheap.name}-${costly.name}`;
  const { when = isUnsure } = parseOptions({ role: 'selector', name }, schema, options);
  const parts = [cheap, costly];
  const pupils = parts.filter((part) => part.learn !== undefined);
  return defineSelector({
    name,
    inner: parts.flatMap(namesIn),
    runOptions: { ...cheap.runOptions, ...costly.runOptions, [name]: [] },
    supports: {
      deterministic: parts.every((part) => part.supports.deterministic),
      network: parts.some((part) => part.supports.network),
      parts: parts.some((part) => part.supports.parts === true),
    },
    async select(request, ctx) {
      const quick = await cheap.select({ ...request, flows: [...request.flows] }, ctx);
      if (quick.ranked.length === 0 || request.flows.length < 2 || !when(quick)) {
        return decidedBy(cheap, quick, `${cheap.name} is sure enough.`);
      }
      try {
        const thorough = await costly.select(request, ctx);
        if (thorough.ranked.length > 0) {
          const usage = addUsage(quick.usage, thorough.usage);
          const all = { ...thorough, ...(usage && { usage }) };
          return decidedBy(costly, all, `${cheap.name} was not sure enough.`);
        }
        return standing(cheap, costly, quick, thorough.reason);
      } catch (error) {
        ctx.signal.throwIfAborted();
        return standing(
          cheap,
          costly,
          quick,
          error instanceof Error ? error.message : String(error),
        );
      }
    },
    ...(pupils.length > 0 && {
      async learn(records, ctx) {
        const taught = await Promise.all(pupils.map((part) => part.learn!(records, ctx)));
        return { warnings: taught.flatMap(({ warnings }) => warnings) };
      },
    }),
    async dispose() {
      await Promise.all(parts.map((part) => part.dispose?.()));
    },
  } satisfies Omit<SelectorV1, 'spec' | 'role'>);
}

function decidedBy({ name }: SelectorV1, selection: Selection, why: string): Selection {
  return {
    ...selection,
    evidence: { ...selection.evidence, cascade: { decidedBy: name, why } },
  };
}

function standing(cheap: SelectorV1, costly: SelectorV1, quick: Selection, why: string): Selection {
  const message = `${costly.name} gave no choice, so that of ${cheap.name} stands: ${why}`;
  return decidedBy(
    cheap,
    { ...quick, warnings: [...quick.warnings, { code: 'cascade-failed', message }] },
    `${costly.name} gave no choice.`,
  );
}

function addUsage(
  one: LanguageUsage | undefined,
  other: LanguageUsage | undefined,
): LanguageUsage | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return {
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    cachedTokens: one.cachedTokens + other.cachedTokens,
    costUsd: one.costUsd === null || other.costUsd === null ? null : one.costUsd + other.costUsd,
  };
}
