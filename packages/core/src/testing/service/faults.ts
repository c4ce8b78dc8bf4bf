import type { HttpFault, RetryHint } from '../executor/http-backend.ts';

/** Faults by route and number of the request. */
export interface FaultScript {
  /**
   * The next requests of a route meet these, one each, in order; `undefined` lets one pass. The route is a
   * method and a path, `POST /api/prompt`, in which `:name` stands for any step.
   */
  add(route: string, ...faults: (HttpFault | undefined)[]): void;
  /** Every request of a route meets this one until `clear`. */
  always(route: string, fault: HttpFault): void;
  clear(): void;
  /** The fault of a request, which is used up. */
  take(method: string, path: string): HttpFault | undefined;
}

/** A script without faults. */
export function createFaultScript(): FaultScript {
  let entries: { matches: RouteTest; faults: (HttpFault | undefined)[]; always: boolean }[] = [];
  return {
    add(route, ...faults) {
      entries.push({ matches: routeTest(route), faults, always: false });
    },
    always(route, fault) {
      entries.push({ matches: routeTest(route), faults: [fault], always: true });
    },
    clear() {
      entries = [];
    },
    take(method, path) {
      const entry = entries.find((one) => one.faults.length > 0 && one.matches(method, path));
      return entry?.always ? entry.faults[0] : entry?.faults.shift();
    },
  };
}

type RouteTest = (method: string, path: string) => Record<string, string> | undefined;

/** Matches `GET /api/history/:id` and gives what stands for the names. */
export function routeTest(route: string): RouteTest {
  const [verb = 'GET', pattern = ''] = route.split(' ');
  const steps = pattern.split('/');
  return (method, path) => {
    const given = path.split('/');
    if (method !== verb || given.length !== steps.length) return undefined;
    const params: Record<string, string> = {};
    for (const [place, step] of steps.entries()) {
      if (step.startsWith(':')) params[step.slice(1)] = decodeURIComponent(given[place]!);
      else if (step !== given[place]) return undefined;
    }
    return params;
  };
}

/** The 429 of a service that gives this kind of hint, in its usual words. */
export function rateLimited(hint: RetryHint, ms: number, now: number) {
  const seconds = Math.ceil(ms / 1_000);
  const headers: Record<string, string> = {};
  const body: Record<string, unknown> = { detail: 'Request was throttled.' };
  if (hint === 'seconds') headers['retry-after'] = String(seconds);
  if (hint === 'date') headers['retry-after'] = new Date(now + ms).toUTCString();
  if (hint === 'body') body['retry_after'] = seconds;
  if (hint === 'detail')
    body['detail'] = `Request was throttled. Your rate limit resets in ~${seconds}s.`;
  return { status: 429, headers, json: body };
}
