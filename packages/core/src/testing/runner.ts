import assert from 'node:assert/strict';
import { systemClock } from '../util/clock.ts';
import { withinLimit } from '../util/settle.ts';

/** What a test runner gives to each case. */
export interface CaseControl {
  /** Shows the case as skipped. */
  skip(reason?: string): void;
}

/** The two functions of a test runner that a suite needs: those of vitest and of `node:test` both fit. */
export interface Runner {
  /** Groups the cases that `body` registers, once it resolves. */
  describe(name: string, body: () => void | Promise<void>): unknown;
  /** Registers one case; a rejection is a failure. */
  it(name: string, body: (control: CaseControl) => Promise<void>): unknown;
}

/** One promise of a part's contract. */
export interface Case<Bench> {
  /** Reads as a sentence about the part. */
  name: string;
  /** Rejects where the promise is broken. */
  run(bench: Bench): Promise<void>;
}

/** A case that a part need not hold, as it says itself. */
export interface LeftOut {
  /** The case: its number, or its name. */
  label: string;
  why: string;
}

/** Thrown by a case that applies and can't be played: it is shown as skipped, and warned of. */
export class SkippedCase extends Error {
  override readonly name = 'SkippedCase';
  constructor(reason: string) {
    super(`not proved: ${reason}`);
  }
}

/** How a suite sets a case up, and takes it down again. */
export interface CaseSetup<C, Bench> {
  open(one: C, signal: AbortSignal): Promise<Bench>;
  close(bench: Bench): Promise<void>;
  limitMs: number;
}

/** Registers cases with a runner. Each gets a bench of its own; one that takes too long fails, saying so: no
 * runner is needed to notice a part that hangs. */
export function registerCases<Bench, C extends Case<Bench>>(
  { it }: Runner,
  cases: readonly C[],
  { open, close, limitMs }: CaseSetup<C, Bench>,
): void {
  for (const one of cases) {
    it(one.name, (control) =>
      withinCase(limitMs, async (signal) => {
        const bench = await open(one, signal);
        let skipped: string | undefined;
        try {
          await one.run(bench);
        } catch (error) {
          if (!(error instanceof SkippedCase)) throw error;
          skipped = error.message;
          console.warn(`SKIPPED ${one.name}: ${skipped}`);
        } finally {
          await close(bench);
        }
        // Some runners leave the case by throwing here.
        if (skipped !== undefined) control.skip(skipped);
      }),
    );
  }
}

/**
 * Registers one test that tells which cases are left out and why, in its name; it fails where `again`, asked of another
 * instance of the part, leaves out others.
 */
export function registerLeftOut(
  { it }: Runner,
  leftOut: readonly LeftOut[],
  again: () => Promise<readonly LeftOut[]>,
): void {
  if (leftOut.length === 0) return;
  const labels = new Map<string, Set<string>>();
  for (const { label, why } of leftOut) labels.set(why, (labels.get(why) ?? new Set()).add(label));
  const reasons = [...labels].map(([why, of]) => `${why} (${[...of].join(', ')})`);
  const count = leftOut.length === 1 ? '1 case does' : `${leftOut.length} cases do`;
  it(`${count} not apply: ${reasons.join('; ')}`, async () => {
    assert.deepEqual(await again(), leftOut, 'two instances of the part declare different things');
  });
}

/** The body's outcome, or an error after `limitMs`: no runner is needed to notice a part that hangs. */
export function withinCase<T>(
  limitMs: number,
  body: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = () => new Error(`The case was not over after ${limitMs} ms.`);
  return withinLimit({ clock: systemClock }, limitMs, late, body);
}
