/** An exception as Python would raise it: its class and its text. */
export class PythonError extends Error {
  override readonly name = 'PythonError';
  readonly type: string;
  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

/** A value as Python prints it inside a list or with `!r`. */
export function pythonRepr(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'string') {
    const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
    const escaped = value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
    return quote + (quote === "'" ? escaped.replaceAll("'", "\\'") : escaped) + quote;
  }
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`;
  if (typeof value !== 'object') return String(value);
  const entries = Object.entries(value).map(
    ([key, item]) => `${pythonRepr(key)}: ${pythonRepr(item)}`,
  );
  return `{${entries.join(', ')}}`;
}

/** A value as Python's `str()` and f-strings give it. */
export function pythonStr(value: unknown): string {
  return typeof value === 'string' ? value : pythonRepr(value);
}

/** A number of Python's type `float`: 1 is `1.0`. */
export function pythonFloatText(value: unknown): string {
  if (typeof value !== 'number') return pythonStr(value);
  if (!Number.isFinite(value)) return String(value).toLowerCase().replace('infinity', 'inf');
  return Number.isInteger(value) && Math.abs(value) < 1e16 ? `${value}.0` : String(value);
}

/** The name of a value's type in Python. */
export function pythonType(value: unknown): string {
  if (value === null || value === undefined) return 'NoneType';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'str';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  if (typeof value === 'bigint') return 'int';
  return Array.isArray(value) ? 'list' : 'dict';
}

/** What Python's `int()` gives. Throws a `PythonError` where that raises. */
export function pythonInt(value: unknown): number | bigint {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return Math.trunc(value);
    throw new PythonError('OverflowError', 'cannot convert float infinity to integer');
  }
  if (typeof value !== 'string') {
    const what = 'int() argument must be a string, a bytes-like object or a real number';
    throw new PythonError('TypeError', `${what}, not '${pythonType(value)}'`);
  }
  if (!/^\s*[+-]?\d+(_\d+)*\s*$/.test(value)) {
    const what = `invalid literal for int() with base 10: ${pythonRepr(value)}`;
    throw new PythonError('ValueError', what);
  }
  const whole = BigInt(value.trim().replaceAll('_', '').replace(/^\+/, ''));
  return Number.isSafeInteger(Number(whole)) ? Number(whole) : whole;
}

const DIGITS = String.raw`\d+(?:_\d+)*`;
const FLOAT = new RegExp(`^[+-]?(?:${DIGITS}\\.?(?:${DIGITS})?|\\.${DIGITS})(?:e[+-]?${DIGITS})?$`);

/** What Python's `float()` gives. Throws a `PythonError` where that raises. */
export function pythonFloat(value: unknown): number {
  if (['boolean', 'number', 'bigint'].includes(typeof value)) return Number(value);
  if (typeof value !== 'string') {
    const what = 'float() argument must be a string or a real number';
    throw new PythonError('TypeError', `${what}, not '${pythonType(value)}'`);
  }
  const text = value.trim().toLowerCase().replace(/^\+/, '');
  if (/^-?inf(inity)?$/.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^-?nan$/.test(text)) return Number.NaN;
  if (FLOAT.test(text)) return Number(text.replaceAll('_', ''));
  throw new PythonError('ValueError', `could not convert string to float: ${pythonRepr(value)}`);
}

/** Whether Python takes a value for true: what is empty is false. */
export function isTruthy(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

/** Python's `==` between two JSON values: 1 and true are equal. */
export function pythonEquals(a: unknown, b: unknown): boolean {
  const plain = (value: unknown) => (typeof value === 'boolean' ? Number(value) : value);
  const [left, right] = [plain(a), plain(b)];
  if (typeof left === 'object' || typeof right === 'object')
    return pythonRepr(left) === pythonRepr(right);
  // biome-ignore lint/suspicious/noDoubleEquals: a number and a bigint of one value are equal.
  return typeof left === 'string' || typeof right === 'string' ? left === right : left == right;
}

/** JSON as Python writes it: with the numbers that JSON lacks, which many clients then can’t read. */
export function pythonJson(value: unknown): string {
  const text = JSON.stringify(value, (_, item) => {
    if (typeof item === 'bigint') return `<number ${item}>`;
    return typeof item === 'number' && !Number.isFinite(item) ? `<number ${item}>` : item;
  });
  return text.replaceAll(/"<number ([^>]+)>"/g, '$1');
}
