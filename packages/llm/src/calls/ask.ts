import type { CallContext, LanguageReply, PartRef, Warning } from 'comfygen/plugin';
import { type Hide, providerError } from './provider-error.ts';
import { refusedWords } from './refused-words.ts';
import { watchTraffic } from './traffic.ts';
import { withinCallLimit } from './within-call-limit.ts';

/** What an SDK's client and each of its requests are given. */
interface SendOptions {
  fetch: typeof fetch;
  signal: AbortSignal;
  /** In milliseconds. */
  timeout: number;
}

/** Another way to ask, after a server did not take one. */
interface Concession<Way> {
  way: Way;
  code: string;
  message: string;
}

/** One question to a provider. */
interface Question<Way> {
  part: PartRef;
  /** Method and address, for errors. */
  where: string;
  hide: Hide;
  limits: { timeoutMs: number; maxRetryAfterMs: number; fetch?: typeof fetch | undefined };
  /** How it is asked first. */
  way: Way;
  send(way: Way, options: SendOptions): Promise<LanguageReply>;
  /** How to ask what was refused with these words; `undefined` where no other way helps. */
  concede(way: Way, refused: string): Concession<Way> | undefined;
}

/** The provider's reply, asked for in weaker ways where it refuses one. Each is tried once, and told as a warning. */
export function ask<Way>(question: Question<Way>, ctx: CallContext): Promise<LanguageReply> {
  const { part, where, hide, limits, send, concede } = question;
  return withinCallLimit(part, ctx, limits.timeoutMs, async (signal, limitMs) => {
    const warnings: Warning[] = [];
    const tried = new Set<string>();
    let { way } = question;
    for (;;) {
      tried.add(JSON.stringify(way));
      const traffic = watchTraffic(ctx, limits);
      try {
        const options = { fetch: traffic.fetch, signal, timeout: Math.ceil(limitMs) };
        const reply = await send(way, options);
        return { ...reply, warnings: [...warnings, ...reply.warnings, ...traffic.warnings()] };
      } catch (error) {
        signal.throwIfAborted();
        const failure = providerError(part, where, traffic, error, hide);
        const refused = refusedWords(traffic);
        const next = refused === undefined ? undefined : concede(way, refused);
        if (next === undefined || tried.has(JSON.stringify(next.way))) throw failure;
        way = next.way;
        warnings.push({ code: next.code, message: `${next.message} ${failure.message}` });
      }
    }
  });
}
