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

/** A rule of the host's own: for prompts that meet `when`, it raises or lowers the flows in `prefer`. */
export interface HostRule {
  /**
   * The conditions, all of which must hold: every label or trait of `labels`, any of `words`, the count, the
   * relation.
   */
  when: {
    labels?: string[] | undefined;
    words?: string[] | undefined;
    count?: number | undefined;
    relation?: 'left' | 'right' | 'above' | 'below' | 'beside' | undefined;
  };
  /** Flows by id, or every flow with one of these tags. */
  prefer: { tags?: string[] | undefined; flows?: string[] | undefined };
  /**
   * Points added to those of the tags, −100 to 100; 20 outweighs everything built in, a negative weight avoids the
   * flows.
   */
  weight: number;
  /** The clause that the selection's reason gives for this rule. */
  because: string;
}

/** Options of `rules`; all may be left out. */
export interface RulesOptions {
  /**
   * Id of the flow for prompts that no rule knows, which also wins ties. Default: the first flow tagged `general`.
   */
  default?: string | undefined;
  /** The host's own rules, which all count. Default: none. */
  rules?: HostRule[] | undefined;
}

/** Checks options at once, so that a typing error never changes a choice silently. */
export function readOptions(given: RulesOptions): RulesOptions {
  return parseOptions({ role: 'selector', name: 'rules' }, options, given);
}
