import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { fillPage, PAGE } from './report.ts';

const root = new URL('../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

it('docs/reliability.md shows what campaigns/results/ holds', () => {
  // How wide a table's columns are is the formatter's.
  const plain = (text: string) => text.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---');
  const page = readFileSync(PAGE, 'utf8');
  expect(plain(fillPage(page))).toBe(plain(page));
});

it('each campaign has its figures in docs/reliability.md', () => {
  const programs = readdirSync(new URL('campaigns/', root))
    .filter((name) => /^[a-z]+\.test\.ts$/.test(name) && name !== 'report.test.ts')
    .map((name) => name.replace('.test.ts', ''));
  const page = readFileSync(PAGE, 'utf8');
  expect(programs.filter((name) => !page.includes(`<!-- ${name} -->`))).toEqual([]);
});

it('each promise of the README has its section there', () => {
  const chapters = read('README.md').split('\n## ');
  const promises = chapters.find((chapter) => chapter.startsWith('What you can count on')) ?? '';
  const lines = promises.match(/^- .*(\n {2}.*)*/gm) ?? [];
  expect(lines.length).toBeGreaterThan(5);
  const headings = [...readFileSync(PAGE, 'utf8').matchAll(/^## (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^a-z ]/g, '')
      .replaceAll(' ', '-'),
  );
  for (const line of lines) {
    const [, anchor] = /docs\/reliability\.md#([\w-]+)/.exec(line) ?? [];
    expect(headings, line).toContain(anchor);
  }
});

it('each rule of docs/security.md names tests that are there', () => {
  const rows = read('docs/security.md')
    .split('\n')
    .filter((line) => /^\| (?!rule|---|\*\*|who)/.test(line));
  expect(rows.length).toBeGreaterThan(20);
  let folder = '';
  for (const row of rows) {
    const held = row.split('|').at(-2)!;
    expect(held.trim(), row).not.toBe('');
    for (const [, path = ''] of held.matchAll(/`([^`]+)`/g)) {
      const isCampaign = /^[a-z]+$/.test(path);
      const place = isCampaign ? `campaigns/${path}.ts` : path.includes('/') ? path : folder + path;
      expect(existsSync(new URL(place, root)), `${place} of ${row}`).toBe(true);
      if (place.includes('/')) folder = place.slice(0, place.lastIndexOf('/') + 1);
    }
  }
});
