/**
 * JSON as Python's `json.dumps` writes it by default, which is how ComfyUI stores graphs in pictures:
 * a space after `,` and `:`, everything beyond ASCII escaped. A `bigint` keeps all its digits.
 */
export function toPythonJson(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value))
    return `[${value.map((item) => toPythonJson(item ?? null)).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => `${quote(key)}: ${toPythonJson(item)}`);
    return `{${members.join(', ')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

function quote(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
