import type { JsonValue } from 'comfygen';
import { plain } from './text.ts';

/** How many items of a list are shown. */
const SHOWN = 5;

/** A fact of a selector's evidence for a person: one line, or a line an item where the items have fields. */
export function describeFact(value: JsonValue | undefined): string | string[] {
  if (!Array.isArray(value) || !value.some(isRecord)) return inline(value);
  const more = value.length - SHOWN;
  const lines = value.slice(0, SHOWN).map(inline);
  return more > 0 ? [...lines, `and ${more} more`] : lines;
}

function inline(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '–';
  if (typeof value === 'number')
    return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)));
  if (typeof value !== 'object') return plain(String(value));
  if (Array.isArray(value)) {
    const more = value.length > SHOWN ? ` and ${value.length - SHOWN} more` : '';
    return value.length === 0 ? 'none' : value.slice(0, SHOWN).map(nested).join(', ') + more;
  }
  return Object.entries(value)
    .map(([key, item]) => `${plain(key)} ${nested(item)}`)
    .join(', ');
}

/** Lists and records inside others are set off. */
function nested(value: JsonValue): string {
  return typeof value === 'object' && value !== null ? `(${inline(value)})` : inline(value);
}

const isRecord = (value: JsonValue) =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
