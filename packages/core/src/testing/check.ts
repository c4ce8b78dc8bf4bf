import assert from 'node:assert/strict';
import { type ErrorCode, isErrorCode } from '../errors/codes.ts';
import { ComfygenError } from '../errors/comfygen-error.ts';
import { findSecret } from './secrets.ts';

/** Fails unless the value survives JSON as it is: no bigint, bytes, dates, functions or NaN, at any depth. */
export function assertJsonSafe(value: unknown, what: string): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value === 'number') {
    assert.ok(Number.isFinite(value), `${what} is ${value}, which JSON turns into null`);
    return;
  }
  assert.equal(typeof value, 'object', `${what} is a ${typeof value}, which JSON can't hold`);
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) assertJsonSafe(item, `${what}[${index}]`);
    return;
  }
  const proto = Object.getPrototypeOf(value);
  assert.ok(proto === Object.prototype || proto === null, `${what} is not a plain object`);
  for (const [key, item] of Object.entries(value as object))
    if (item !== undefined) assertJsonSafe(item, `${what}.${key}`);
}

/** What the promise rejects with; fails where it resolves. */
export async function rejection(promise: Promise<unknown>, what: string): Promise<unknown> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  assert.ok(outcome, `${what} resolved, but must reject`);
  return outcome.error;
}

/** Fails unless the promise rejects with exactly this reason, not a copy and not wrapped. */
export async function assertRejectsWith(
  promise: Promise<unknown>,
  reason: unknown,
  what: string,
): Promise<void> {
  const error = await rejection(promise, what);
  assert.ok(error === reason, `${what} must rethrow signal.reason untouched; it threw ${error}`);
}

/** The error as a `ComfygenError`; fails for any other error, and for a code that core does not know. */
export function typedError(error: unknown, what: string): ComfygenError {
  assert.ok(ComfygenError.is(error), `${what} must be a ComfygenError; it is ${error}`);
  assert.ok(isErrorCode(error.code), `${what} has the unknown code ${error.code}`);
  return error;
}

/** What the promise rejects with, which must be an error of ours. */
export async function errorOf(promise: Promise<unknown>, what: string): Promise<ComfygenError> {
  return typedError(await rejection(promise, what), `what ${what} throws`);
}

/** The error with that code: the given one, or one among its causes, as a part has that wraps others. */
export function causeOf(error: ComfygenError, code: ErrorCode): ComfygenError {
  for (let one: unknown = error; ComfygenError.is(one); one = one.cause)
    if (one.code === code) return one;
  assert.fail(`the error is ${error.code}, and none behind it is ${code}: ${error.message}`);
}

/** Fails where one of the secrets can be read in the value, however it is printed and encoded. */
export function assertNoSecret(
  value: unknown,
  secrets: readonly string[] | undefined,
  what: string,
) {
  const found = findSecret(value, secrets ?? []);
  assert.ok(found === undefined, `${what} shows a secret that the part was given`);
}

/** Fails unless each warning has a code in lower-kebab-case and a sentence. */
export function assertWarnings(warnings: unknown, what: string): void {
  assert.ok(Array.isArray(warnings), `${what}: warnings must be an array`);
  for (const { code, message } of warnings) {
    assert.match(String(code), /^[a-z0-9]+(-[a-z0-9]+)*$/, `${what}: a warning's code`);
    assert.ok(typeof message === 'string' && message !== '', `${what}: ${code} says nothing`);
  }
}

/** Fails unless a manifest is booleans under known names; those that are left out are false. */
export function assertManifest(supports: object, known: object): void {
  const unknown = Object.keys(supports).filter((name) => !Object.hasOwn(known, name));
  assert.deepEqual(unknown, [], 'the manifest has unknown keys');
  for (const [name, value] of Object.entries(supports))
    assert.ok(value === undefined || typeof value === 'boolean', `supports.${name} is no boolean`);
}
