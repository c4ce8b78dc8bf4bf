import type { Work } from 'comfygen/plugin';
import { LRUCache } from 'lru-cache';
import { CELL } from '../codec/basis.ts';
import type { Colour } from '../words/colours.ts';
import type { Background } from './background.ts';
import { createItem, type Item, itemBytes } from './item.ts';
import type { Box, Pose } from './pose.ts';
import type { Studio } from './studio.ts';

/** What one picture of a bank shows. */
interface ItemSpec {
  concept: string;
  tint: Colour | undefined;
  pose: Pose;
  box: Box;
  background: Background;
}

/** A cache of pictures, since making one takes some milliseconds. */
export interface ItemCache {
  get(studio: Studio, spec: ItemSpec): Work<Item>;
}

/** Makes a cache of at most `bytes`; it forgets the least recently used. */
export function createItemCache(bytes: number): ItemCache {
  const items = new LRUCache<string, Item>({
    maxSize: bytes,
    sizeCalculation: (item) => Math.max(1, itemBytes(item)),
  });
  return {
    *get(studio, spec) {
      const key = keyOf(studio, spec);
      const found = items.get(key);
      if (found) return found;
      const { concept, tint, pose, box, background } = spec;
      const sprite = yield* studio.draw(concept, tint, pose.mirrored, box.side * CELL);
      const item = yield* createItem(sprite, box, background);
      items.set(key, item);
      return item;
    },
  };
}

// The background by its colours behind the drawing.
function keyOf({ key }: Studio, { concept, tint, pose, box, background }: ItemSpec): string {
  const place = `${box.side},${box.x},${box.y}`;
  const behind = background.rows.slice(box.y, box.y + box.side);
  return [key, concept, tint ?? '', pose.mirrored, place, behind.join(' ')].join('|');
}
