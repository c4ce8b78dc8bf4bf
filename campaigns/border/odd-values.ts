/** Values that no type of ours allows, or that allow themselves everything: one is drawn anew each time. */
const MAKERS: readonly [string, () => unknown][] = [
  ['undefined', () => undefined],
  ['null', () => null],
  ['true', () => true],
  ['0', () => 0],
  ['-1', () => -1],
  ['a fraction', () => 0.5],
  ['NaN', () => Number.NaN],
  ['infinite', () => Number.POSITIVE_INFINITY],
  ['a bigint', () => 2n ** 70n],
  ['an empty text', () => ''],
  ['a text', () => 'odd'],
  ['half a character', () => '\ud800'],
  ['a huge text', () => 'x'.repeat(1_000_000)],
  ['a symbol', () => Symbol('odd')],
  ['a function', () => () => 'odd'],
  ['a class', () => class Odd {}],
  ['an empty object', () => ({})],
  ['an empty list', () => []],
  ['a list of null', () => [null]],
  ['a list of holes', () => new Array(5)],
  ['a list without an end', () => new Array(2 ** 32 - 1)],
  ['no prototype', () => Object.create(null)],
  ['no text', () => JSON.parse('{"toString":1,"valueOf":1}')],
  ['a key __proto__', () => JSON.parse('{"__proto__":{"id":"odd"},"constructor":1}')],
  ['a cycle', cycle],
  ['a cycle of lists', cycleOfLists],
  ['a deep object', deep],
  ['many keys', () => Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`k${n}`, n]))],
  ['a huge key', () => ({ ['k'.repeat(100_000)]: 1 })],
  ['a getter that throws', throwingGetters],
  ['a proxy that throws', () => new Proxy({}, throwingTraps())],
  ['a function proxy that throws', () => new Proxy(() => {}, throwingTraps())],
  ['a list proxy that throws', () => new Proxy([], throwingTraps())],
  ['a revoked proxy', revoked],
  ['an endless proxy', endless],
  ['a date that is none', () => new Date(Number.NaN)],
  ['a map', () => new Map([['id', 'odd']])],
  ['bytes', () => Uint8Array.of(1, 2, 3)],
  ['detached bytes', detached],
  ['numbers that are no bytes', () => new Float64Array(3)],
  ['a broken error', brokenError],
  ['an error that only says so', () => ({ [Symbol.for('comfygen.error')]: true, code: 7 })],
  ['an odd code', () => ({ [Symbol.for('comfygen.error')]: true, code: 'ODD', message: Symbol() })],
  ['an aborted signal', () => AbortSignal.abort('odd')],
  ['a signal that is none', () => Object.create(AbortSignal.prototype)],
  ['a thenable that throws', () => thenable(() => fail())],
  ['a thenable that rejects', () => thenable((_, reject) => reject(Symbol('odd')))],
  ['a thenable for ever', () => thenable(() => {})],
];

/** An odd value and its name. */
export function drawOdd(random: () => number): { name: string; value: unknown } {
  const [name, make] = MAKERS[Math.floor(random() * MAKERS.length)]!;
  return { name, value: make() };
}

function fail(): never {
  throw new TypeError('odd');
}

function cycle(): unknown {
  const one: Record<string, unknown> = { id: 'odd' };
  one['self'] = one;
  return one;
}

function cycleOfLists(): unknown {
  const one: unknown[] = [];
  one.push(one);
  return one;
}

function deep(): unknown {
  let one: unknown = 'odd';
  for (let depth = 0; depth < 5_000; depth += 1) one = { one };
  return one;
}

function throwingGetters(): unknown {
  const one = {};
  for (const key of ['id', 'value', 'state', 'ref', 'message', 'bytes', 'then', 'seed', 'toJSON'])
    Object.defineProperty(one, key, { enumerable: true, get: fail });
  return one;
}

function throwingTraps(): ProxyHandler<object> {
  return new Proxy({}, { get: () => fail });
}

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function endless(): object {
  return new Proxy(
    {},
    {
      // Not a promise, so that it can be awaited.
      get: (_, key) => (key === 'then' ? undefined : endless()),
      ownKeys: () => ['more'],
      getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true, value: endless() }),
    },
  );
}

function detached(): unknown {
  const bytes = Uint8Array.of(1, 2, 3);
  structuredClone(bytes, { transfer: [bytes.buffer] });
  return bytes;
}

function brokenError(): unknown {
  const error = new Error('odd');
  for (const key of ['message', 'stack', 'cause', 'name', 'code'])
    Object.defineProperty(error, key, { get: fail });
  return error;
}

/** What a promise is to those who only await it. */
function thenable(then: (resolve: unknown, reject: (reason: unknown) => void) => void): unknown {
  const one = {};
  Object.defineProperty(one, 'then', { enumerable: true, value: then });
  return one;
}
