import type {
  CallContext,
  Flow,
  Selection,
  SelectorRequest,
  SelectorV1,
} from '../../spec/index.ts';
import { createCallContext } from '../../util/call-context.ts';
import type { Case } from '../runner.ts';
import { createTestBrief } from '../test-brief.ts';

/** A case of the selector suite. */
export interface SelectorCase extends Case<SelectorBench> {
  /** Why it does not apply to this selector, by what that says of itself; `undefined` where it does. */
  leftOut?: (selector: SelectorV1) => string | undefined;
}

/** What a case works with. */
export interface SelectorBench {
  selector: SelectorV1;
  another(): SelectorV1;
  flows: readonly Flow[];
  call(signal?: AbortSignal): CallContext;
  request(prompt?: string, changes?: Partial<SelectorRequest>): SelectorRequest;
  select(request?: SelectorRequest): Promise<Selection>;
}

/** Sets a case up; `caseSignal` aborts when it took too long. */
export function openBench(
  create: () => SelectorV1,
  flows: readonly Flow[],
  caseSignal: AbortSignal,
): SelectorBench {
  const selector = create();
  const call = (signal = caseSignal) => createCallContext({ signal });
  const request = (
    prompt = 'a red apple left of a green frog',
    changes: Partial<SelectorRequest> = {},
  ): SelectorRequest => ({
    brief: createTestBrief(prompt),
    flows: structuredClone([...flows]),
    inventory: null,
    choiceSeed: 1,
    ...changes,
  });
  return {
    selector,
    another: create,
    flows,
    call,
    request,
    select: (asked = request()) => selector.select(asked, call()),
  };
}
