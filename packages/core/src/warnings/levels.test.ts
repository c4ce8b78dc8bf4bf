import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ASKED_NOT_GIVEN, NOTES as NOTES_TEXT, warningLevel } from './levels.ts';

const NOTES = NOTES_TEXT.trim().split(/\s+/);

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const page = readFileSync(`${root}docs/warnings.md`, 'utf8');
const [asked = '', notes = ''] = page.split('## Asked and not given')[1]!.split('## Notes');
const codesIn = (text: string) =>
  [...text.matchAll(/^\| `([a-z-]+)` +\| (\S[^|]*)\|$/gm)].map(([, code]) => code!);

/** Codes of reasons, issues and changes: what is told of a flow or a graph, and no warning. The last one is zod's. */
const OTHERS = new Set([
  ...sources(['packages/core/src/{library,workflow}/**/*.ts']).flatMap(unions),
  ...sources(['packages/core/src/workflow/validate/*.ts']).flatMap(codesOf),
  'custom',
]);

/** The source files of these places, without tests. */
function sources(patterns: string[]): string[] {
  return globSync(patterns, { cwd: root })
    .filter((file) => !/\.test\.ts$|\/testing\//.test(file))
    .map((file) => readFileSync(`${root}${file}`, 'utf8'));
}

/** The codes that a type spells out: `code: 'a' | 'b'`. */
function unions(source: string): string[] {
  return [...source.matchAll(/\bcode:\s*((?:\|?\s*'[a-z-]+'\s*)+);/g)].flatMap(([, words]) =>
    [...words!.matchAll(/'([a-z-]+)'/g)].map(([, code]) => code!),
  );
}

/** The codes that objects are made with, and the types of codes that are given as an argument. */
function codesOf(source: string): string[] {
  const made = source.matchAll(/\bcode: '([a-z-]+)'(?!,\s*level: '(?:error|warning)')/g);
  const named = source.matchAll(/type \w*Warning\w*Code =((?:\s*\| '[a-z-]+')+)/g);
  const inTypes = [...named].flatMap(([, words]) => [...words!.matchAll(/'([a-z-]+)'/g)]);
  return [...made, ...inTypes].map(([, code]) => code!);
}

describe('docs/warnings.md', () => {
  it('lists the codes of each level, each once', () => {
    expect(codesIn(asked).sort()).toEqual(ASKED_NOT_GIVEN);
    expect(codesIn(notes).sort()).toEqual(NOTES);
    expect(ASKED_NOT_GIVEN.filter((code) => NOTES.includes(code))).toEqual([]);
  });

  it('leaves out no code of a warning in the sources', () => {
    const known = [...ASKED_NOT_GIVEN, ...NOTES];
    const found = sources(['packages/*/src/**/*.ts']).flatMap(codesOf);
    expect(found.length).toBeGreaterThan(100);
    const missing = found.filter((code) => !known.includes(code) && !OTHERS.has(code));
    expect([...new Set(missing)]).toEqual([]);
  });
});

describe('warningLevel', () => {
  it('reads a code that nobody listed as a note', () => {
    expect(warningLevel('size-ignored')).toBe('asked-not-given');
    expect(warningLevel('own-thing-of-a-part')).toBe('note');
  });
});
