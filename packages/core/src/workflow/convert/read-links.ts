import { own } from '../validate/json-shape.ts';
import type { UiLink } from './types.ts';

const KEYS = ['id', 'origin_id', 'origin_slot', 'target_id', 'target_slot'] as const;

/**
 * Links by id. Files of version 0.4 write them as lists, 1.0 and every subgraph as objects; both are read
 * anywhere. What is no link is left out, and the input that names it says so later.
 */
export function readLinks(items: readonly unknown[]): Map<string, UiLink> {
  const links = new Map<string, UiLink>();
  for (const item of items) {
    const fields = Array.isArray(item) ? item : KEYS.map((key) => own(item, key));
    const [id, originId, originSlot, targetId, targetSlot] = fields;
    if (![id, originId, targetId].every(isId) || !isSlot(originSlot)) continue;
    links.set(String(id), {
      originId: String(originId),
      originSlot,
      targetId: String(targetId),
      targetSlot: isSlot(targetSlot) ? targetSlot : -1,
    });
  }
  return links;
}

const isId = (value: unknown) => ['number', 'string', 'bigint'].includes(typeof value);
const isSlot = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
