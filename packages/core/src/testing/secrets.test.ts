import { expect, it } from 'vitest';
import { findSecret, spellSecret } from './secrets.ts';

const SECRET = 'Planted/secret+1234';

it.each(spellSecret(SECRET))('finds a secret in %s', (told) => {
  expect(findSecret(new Error('x', { cause: new Error(told) }), [SECRET])).toBe(SECRET);
  expect(findSecret({ deep: [{ told }] }, ['other', SECRET])).toBe(SECRET);
  expect(findSecret(Object.assign(new Error('x'), { config: { told } }), [SECRET])).toBe(SECRET);
});

it('finds none where there is none', () => {
  expect(findSecret({ told: 'cGxhbnRlZA== planted' }, [SECRET])).toBeUndefined();
});
