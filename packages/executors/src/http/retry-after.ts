const SECONDS = 1_000;

/**
 * How long a service asks to wait, in milliseconds: the header `Retry-After` in seconds or as a date, else
 * `retry_after` in the body, else a number in its `detail` ("resets in ~30s"). `undefined` where it says nothing.
 */
export function readRetryAfter(headers: Headers, body: unknown, now: number): number | undefined {
  const header = headers.get('retry-after')?.trim();
  if (header) {
    const seconds = Number(header);
    if (Number.isFinite(seconds)) return Math.max(0, seconds * SECONDS);
    const date = Date.parse(header);
    if (Number.isFinite(date)) return Math.max(0, date - now);
  }
  if (typeof body !== 'object' || body === null) return undefined;
  const { retry_after: given, detail } = body as { retry_after?: unknown; detail?: unknown };
  const seconds = typeof given === 'string' ? Number.parseFloat(given) : given;
  if (typeof seconds === 'number' && Number.isFinite(seconds))
    return Math.max(0, seconds * SECONDS);
  const told =
    typeof detail === 'string'
      ? /(\d+(?:\.\d+)?)\s*(ms|s|sec|second|m|min|minute)/i.exec(detail)
      : null;
  if (told === null) return undefined;
  const unit = told[2]!.toLowerCase();
  return Number(told[1]) * (unit === 'ms' ? 1 : unit.startsWith('m') ? 60 * SECONDS : SECONDS);
}
