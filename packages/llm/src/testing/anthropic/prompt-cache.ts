import { countTokens } from '../reply.ts';
import { blocksOf } from './check-request.ts';
import type { MessagesRequest } from './request-schema.ts';

/** Tokens of a request, by what the prompt cache did with them. */
export interface InputTokens {
  read: number;
  written: number;
  plain: number;
}

/**
 * Counts tokens as a prompt cache does: a marked prefix of enough tokens is kept, and read by the next request that
 * begins with it.
 */
export function createPromptCache(minTokens: number) {
  const kept = new Set<string>();
  return (request: MessagesRequest): InputTokens => {
    let prefix = JSON.stringify(request.tools ?? []);
    const marked: string[] = [];
    const blocks: { cache_control?: unknown; [field: string]: unknown }[] = [
      ...blocksOf(request.system),
      ...request.messages.flatMap<{ [field: string]: unknown }>(({ role, content }) =>
        typeof content === 'string' ? [{ role, text: content }] : content,
      ),
    ];
    for (const { cache_control: mark, ...block } of blocks) {
      prefix += JSON.stringify(block);
      if (mark != null && countTokens(prefix) >= minTokens) marked.push(prefix);
    }
    const total = countTokens(prefix);
    const hit = marked.findLast((one) => kept.has(one));
    const last = marked.at(-1);
    for (const one of marked) kept.add(one);
    const read = hit === undefined ? 0 : countTokens(hit);
    const written = last === undefined ? 0 : countTokens(last) - read;
    return { read, written, plain: total - read - written };
  };
}
