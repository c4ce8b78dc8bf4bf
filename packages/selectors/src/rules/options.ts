import { parseOptions } from 'comfygen/plugin';
import { z } from 'zod';

const text = z.string().min(1);
const texts = z.array(text).min(1);

const hostRule = z.strictObject({
  when: z
    .strictObject({
      labels: texts.optional(),
      words: texts.optional(),
      count: z.int().min(1).optional(),
      relation: z.enum(['left', 'right', 'above', 'below', 'beside']).optional(),
    })
    .refine((when) => Object.values(when).some((item) => item !== undefined), {
      error: 'needs at least one condition',
    }),
  prefer: z
    .strictObject({ tags: texts.optional(), flows: texts.optional() })
    .refine(({ tags, flows }) => tags !== undefined || flows !== undefined, {
      error: 'needs tags or flows',
    }),
  weight: z.number().min(-100).max(100),
  because: text,
});

const options = z.strictObject({
  default: text.optional(),
  rules: z.array(hostRule).optional(),
});

/** A host's own rule: where a prompt is so, prefer these flows. */
export interface HostRule {
  /** All that is given must hold: every label or trait, any of the words or phrases, the count, the relation. */
  when: {
    labels?: string[] | undefined;
    words?: string[] | undefined;
    count?: number | undefined;
    relation?: 'left' | 'right' | 'above' | 'below' | 'beside' | undefined;
  };
  /** Flows by id, or every flow with one of these tags. */
  prefer: { tags?: string[] | undefined; flows?: string[] | undefined };
  /** −100 to 100, added to what the tags weigh; 20 decides over everything built in, negative avoids. */
  weight: number;
  /** Stands in the reason: one clause for a person. */
  because: string;
}

/** What `rules` takes; all of it may be left out. */
export interface RulesOptions {
  /** The flow for prompts that no rule knows, and the winner of ties. Default: the first id tagged `general`. */
  default?: string | undefined;
  /** The host's own rules, which all count. Default: none. */
  rules?: HostRule[] | undefined;
}

/** Checks options at once, so that a typing error never changes a choice silently. */
export function readOptions(given: RulesOptions): RulesOptions {
  return parseOptions({ role: 'selector', name: 'rules' }, options, given);
}
