import { ComfygenError } from 'comfygen/plugin';
import type { InputValue, Link } from 'comfygen/workflow';
import { isNumber } from './write-value.ts';

const MAX_DEPTH = 64;

/** Reads one line of the notation from left to right; every fault is told with its line and column. */
export class LineReader {
  readonly line: number;
  readonly #text: string;
  #at = 0;

  constructor(text: string, line: number) {
    this.#text = text;
    this.line = line;
  }

  /** Whether anything follows; skips blanks first. */
  more(): boolean {
    while (/[ \t\r]/.test(this.#text.charAt(this.#at))) this.#at += 1;
    return this.#at < this.#text.length;
  }

  /** Makes the error for this place: position `at`, or the current one. */
  fault(message: string, at = this.#at): ComfygenError {
    const [line, column] = [this.line, at + 1];
    return new ComfygenError('INVALID_WORKFLOW', `Line ${line}, column ${column}: ${message}.`, {
      details: { line, column },
    });
  }

  get at(): number {
    return this.#at;
  }

  /** Moves past a sign where it is next; whether it was. */
  take(sign: string): boolean {
    if (!this.#text.startsWith(sign, this.#at)) return false;
    this.#at += sign.length;
    return true;
  }

  /** Whether this sticky pattern matches at the current position. */
  next(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    return pattern.test(this.#text);
  }

  /** Moves past what this sticky pattern matches and gives that text; empty where it does not match. */
  run(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  /** Checks that an argument ends here, with a blank or the end of the line. */
  end(): void {
    if (this.#at < this.#text.length && !/[ \t\r]/.test(this.#text.charAt(this.#at))) {
      throw this.fault(`${this.#shown()} can't stand here; a blank must`);
    }
  }

  /** A text in quotes, as JSON writes it. */
  string(): string {
    const start = this.#at;
    if (!this.#is('"')) throw this.fault(`a text in quotes must stand here, not ${this.#shown()}`);
    const text = this.run(/"[^"\\]*(?:\\.[^"\\]*)*"/y);
    if (text === '') throw this.fault('the text that begins here does not end');
    try {
      return JSON.parse(text) as string;
    } catch {
      throw this.fault('this is no text as JSON writes it', start);
    }
  }

  /** A node's id, bare or in quotes. */
  id(): string {
    if (this.#is('"')) return this.string();
    const id = this.run(/[\w:]+/y);
    if (id === '') throw this.fault(`a node's id must stand here, not ${this.#shown()}`);
    return id;
  }

  /** `@7` or `@7.1`, after the `@`. */
  link(): Link {
    const id = this.id();
    if (!this.take('.')) return [id, 0];
    const output = this.number(this.run(/[-+.\w]+/y));
    return [id, Number(output)];
  }

  /** A number: digits alone are exact, as `bigint` above 2^53 − 1. */
  number(token: string): number | bigint {
    const start = this.#at - token.length;
    if (!isNumber(token)) throw this.fault(`"${token}" is no number`, start);
    const value = Number(token);
    if (!Number.isFinite(value)) throw this.fault(`${token} is too large`, start);
    return /^-?\d+$/.test(token) && !Number.isSafeInteger(value) ? BigInt(token) : value;
  }

  /** A value as JSON writes it. */
  json(depth = 0): InputValue {
    if (depth > MAX_DEPTH) throw this.fault(`nested deeper than ${MAX_DEPTH} levels`);
    this.more();
    if (this.#is('"')) return this.string();
    if (this.take('[')) return this.#items(']', () => this.json(depth + 1));
    if (this.take('{')) {
      return Object.fromEntries(
        this.#items('}', (): [string, InputValue] => {
          this.more();
          const key = this.string();
          this.more();
          if (!this.take(':')) throw this.fault('":" must stand here');
          return [key, this.json(depth + 1)];
        }),
      );
    }
    const start = this.#at;
    const token = this.run(/[-+.\w]+/y);
    if (token === '') throw this.fault(`a value must stand here, not ${this.#shown()}`, start);
    return this.constant(token);
  }

  /** `true`, `false`, `null`, or a number: what `token`, just taken, stands for. */
  constant(token: string): boolean | null | number | bigint {
    if (token === 'true' || token === 'false') return token === 'true';
    return token === 'null' ? null : this.number(token);
  }

  #items<T>(close: string, read: () => T): T[] {
    const items: T[] = [];
    for (this.more(); !this.take(close); this.more()) {
      if (items.length > 0 && !this.take(','))
        throw this.fault(`"," or "${close}" must stand here`);
      items.push(read());
    }
    return items;
  }

  #is(sign: string): boolean {
    return this.#text.startsWith(sign, this.#at);
  }

  #shown(): string {
    const next = this.#text.slice(this.#at, this.#at + 1);
    return next === '' ? 'the end of the line' : JSON.stringify(next);
  }
}
