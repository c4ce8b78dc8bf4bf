import { type Attempt, ComfygenError } from 'comfygen';
import type { Colors } from '../terminal/io.ts';
import { nextStep } from './next-steps.ts';
import { plain } from './text.ts';

const GOES_ON = 'The job may still run; look for it with: comfygen jobs list';

/** An error as every failure prints it: what happened, why each try failed, and what to do next. */
export function renderError(error: unknown, colors: Colors, verbose: boolean): string {
  const { code, message, hint } = describeError(error);
  const lines = [`${colors.red('error')} ${colors.bold(code)}: ${plain(message)}`];
  lines.push(...attemptReasons(error).map((reason) => `  ${colors.dim('·')} ${plain(reason)}`));
  if (hint !== undefined) lines.push(`  ${colors.cyan('→')} ${hint}`);
  if (verbose) lines.push(...renderCauses(error).map((line) => `  ${colors.dim(line)}`));
  return `${lines.join('\n')}\n`;
}

/** What `--json` prints on stdout where a command fails. */
export function errorJson(error: unknown): { error: Record<string, unknown> } {
  const { code, message, hint } = describeError(error);
  const facts = ComfygenError.is(error)
    ? {
        retryable: error.retryable,
        jobFate: error.jobFate,
        part: error.part,
        details: error.details,
      }
    : { retryable: false };
  return { error: { code, message, ...facts, hint } };
}

function describeError(error: unknown): { code: string; message: string; hint?: string } {
  if (ComfygenError.is(error)) {
    const { hint: own } = error.details;
    const goesOn = error.jobFate === 'open' && error.code !== 'SUBMIT_UNKNOWN';
    const general = goesOn ? GOES_ON : nextStep(error.code);
    const hint = typeof own === 'string' ? own : general;
    return { code: error.code, message: error.message, ...(hint === undefined ? {} : { hint }) };
  }
  return {
    code: 'UNEXPECTED',
    message: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    hint: 'This is a fault of comfygen or of a part. Run it again with --verbose and report it.',
  };
}

/** Why the tries of a run failed, each reason once. */
function attemptReasons(error: unknown): string[] {
  const attempts = ComfygenError.is(error) ? error.details['attempts'] : undefined;
  if (!Array.isArray(attempts)) return [];
  const messages = attempts.map((attempt: Attempt) => attempt.error?.message);
  return [...new Set(messages)].filter((message) => message !== undefined);
}

/** The stack and the causes below it, each line safe to print. */
function renderCauses(error: unknown): string[] {
  const lines: string[] = [];
  let current = error;
  for (let depth = 0; current instanceof Error && depth < 8; depth += 1) {
    const stack = (current.stack ?? String(current)).split('\n');
    if (depth > 0) lines.push(`caused by ${plain(String(current))}`);
    lines.push(...stack.filter((line) => /^\s+at /.test(line)).map(plain));
    current = current.cause;
  }
  return lines;
}
