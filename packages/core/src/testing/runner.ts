import { systemClock } from '../util/clock.ts';
import { withinLimit } from '../util/settle.ts';

/** What a case may say to its runner. */
export interface CaseControl {
  /** Shows the case as skipped. */
  skip(reason?: string): void;
}

/** The two functions of a test runner that a suite needs: those of vitest and of `node:test` both fit. */
export interface Runner {
  /** Groups the cases that `body` registers. */
  describe(name: string, body: () => void): unknown;
  /** Registers one case; a rejection is a failure. */
  it(name: string, body: (control: CaseControl) => Promise<void>): unknown;
}

/** One promise of a part's contract. */
export interface Case<Bench> {
  /** Reads as a sentence about the part. */
  name: string;
  /** Why the case does not apply to this part, by its own manifest; the runner shows it as skipped. */
  skip?: (bench: Bench) => string | undefined;
  /** Rejects where the promise is broken. */
  run(bench: Bench): Promise<void>;
}

/** Thrown by a case that applies and can't be played: it is shown as skipped, and warned of. */
export class SkippedCase extends Error {
  override readonly name = 'SkippedCase';
  /** Whether it turned out that the case does not apply: then there is nothing to warn of. */
  readonly applies: boolean;
  constructor(reason: string, applies = true) {
    super(applies ? `not proved: ${reason}` : `does not apply: ${reason}`);
    this.applies = applies;
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
  const late = () => new Error(`The case was not over after ${limitMs} ms.`);
  for (const one of cases) {
    it(one.name, (control) =>
      withinLimit({ clock: systemClock }, limitMs, late, async (signal) => {
        const bench = await open(one, signal);
        let skipped = one.skip?.(bench);
        try {
          if (skipped === undefined) await one.run(bench);
        } catch (error) {
          if (!(error instanceof SkippedCase)) throw error;
          skipped = error.message;
          if (error.applies) console.warn(`SKIPPED ${one.name}: ${skipped}`);
        } finally {
          await close(bench);
        }
        // Some runners leave the case by throwing here.
        if (skipped !== undefined) control.skip(skipped);
      }),
    );
  }
}
