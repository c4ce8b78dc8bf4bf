import type { Flow, Warning } from 'comfygen/plugin';
import { z } from 'zod';
import { plain } from '../language-model/flow-card.ts';
import type { Reading } from '../language-model/question.ts';

/** The flows that a model chose; those that are not on offer were removed. */
export interface Choice {
  labels: string[];
  /** The chosen flows, best first: at least one, each once. */
  ranked: { flow: Flow; reason: string }[];
  confidence: 'low' | 'medium' | 'high' | null;
}

export interface ChoiceLimits {
  rows: readonly Flow[];
  offered: ReadonlySet<string>;
  labels: readonly string[];
  choices: number;
}

const reply = z.looseObject({
  labels: z.array(z.string()).catch([]),
  ranked: z.array(
    z.looseObject({
      flow: z.union([z.string(), z.number()]),
      reason: z.string().catch(''),
    }),
  ),
  confidence: z.enum(['low', 'medium', 'high']).nullable().catch(null),
});

const LONGEST_REASON = 300;

/** The choice in a reply; a list of faults where it names no row that can run. */
export function readChoice(
  json: unknown,
  { rows, offered, labels, choices }: ChoiceLimits,
): Reading<Choice> {
  if (json === undefined) return { faults: ['it is not a JSON object'] };
  const parsed = reply.safeParse(json);
  if (!parsed.success) {
    return {
      faults: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
    };
  }
  const ranked = new Map<string, Choice['ranked'][number]>();
  const strangers: string[] = [];
  for (const { flow: named, reason } of parsed.data.ranked) {
    const flow = flowOf(String(named).trim(), rows);
    if (flow === undefined || !offered.has(flow.id)) strangers.push(plain(String(named), 40));
    else if (!ranked.has(flow.id) && ranked.size < choices) {
      ranked.set(flow.id, { flow, reason: plain(reason, LONGEST_REASON) });
    }
  }
  if (ranked.size === 0) {
    const open = rows.flatMap(({ id }, index) => (offered.has(id) ? [index + 1] : []));
    const none = strangers.length === 0 ? 'it ranks no row' : '';
    const wrong = strangers.map((name) => `"${name}" is no row that can run`);
    return {
      faults: [none, ...wrong.slice(0, 3), `choose from ${open.join(' ')}`].filter(Boolean),
    };
  }
  const seen = [...new Set(parsed.data.labels)].filter((label) => labels.includes(label));
  return {
    value: { labels: seen, ranked: [...ranked.values()], confidence: parsed.data.confidence },
    warnings: strangers.length === 0 ? [] : [strangerWarning(strangers)],
  };
}

/** Rows go by number; a model that writes the id instead means the same. */
function flowOf(name: string, rows: readonly Flow[]): Flow | undefined {
  return /^\d+$/.test(name) ? rows[Number(name) - 1] : rows.find(({ id }) => id === name);
}

function strangerWarning(names: string[]): Warning {
  const message = `The model also named what is not on offer, and that was left out: ${names.map((name) => `"${name}"`).join(', ')}.`;
  return { code: 'unknown-flow-dropped', message, details: { names } };
}
