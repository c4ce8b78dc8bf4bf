/**
 * JSON as Python's `json.dumps` writes it by default, which is how ComfyUI stores graphs in pictures:
 * a space after `,` and `:`, everything beyond ASCII escaped. A `bigint` keeps all its digits.
 */
export function toPythonJson(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return writeNumber(value);
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

// Python changes to an exponent below 0.0001, JavaScript below 0.000001, and only Python pads it.
function writeNumber(value: number): string {
  const small = value !== 0 && Math.abs(value) < 1e-4;
  if (!small) return JSON.stringify(value);
  return value.toExponential().replace(/e-(\d)$/, 'e-0$1');
}

function quote(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
