import { readFileSync } from 'node:fs';
import type { NodeCatalogue } from 'comfygen/workflow';
import { describe, expect, it } from 'vitest';
import { startFakeComfyui } from '../../src/testing/index.ts';
import { PROMPT_BODIES } from './prompt-bodies.ts';

/**
 * What a real server answered to each body, and how it described their classes. Written by
 * `vitest run …/prompt-answers.test.ts --update` with COMFYUI_URL set to a server without input files.
 */
const FILE = './prompt-answers.data.json';
const read = () =>
  JSON.parse(readFileSync(new URL(FILE, import.meta.url), 'utf8')) as {
    version: string;
    info: NodeCatalogue;
    answers: { [name: string]: unknown };
  };

const url = process.env['COMFYUI_URL'];
const names = Object.keys(PROMPT_BODIES);

describe('the fake’s answers to whole and broken prompts', () => {
  it('are those of a real server, to the letter', async () => {
    const { version, info, answers } = read();
    const fake = await startFakeComfyui({ version, info, models: {} });
    const given = await answersOf(fake.url);
    await fake.close();
    expect(Object.keys(answers)).toEqual(names);
    expect(given).toEqual(answers);
  });
});

describe('an older fake’s answers', () => {
  const NOT_THERE = 'Cannot execute because node Nowhere does not exist.';
  const NO_CLASS = 'Cannot execute because a node is missing the class_type property.';
  it.each([
    ['a prompt that is []', 'prompt_no_outputs', 'Prompt has no outputs'],
    ['an editor’s file', 'invalid_prompt', NO_CLASS],
    ['a node that is "text"', 'invalid_prompt', NO_CLASS],
    ['a node that is {}', 'invalid_prompt', NO_CLASS],
    ['a class that is "Nowhere"', 'invalid_prompt', NOT_THERE],
    ['an unknown class with _meta null', 'invalid_prompt', NOT_THERE],
  ])('are those of ComfyUI 0.3.64 to %s', async (name, type, message) => {
    const fake = await startFakeComfyui({ version: '0.3.64' });
    const body = PROMPT_BODIES[name]!;
    const answer = await fetch(`${fake.url}/prompt`, { method: 'POST', body });
    const { error } = await answer.json();
    await fake.close();
    expect([answer.status, error.type, error.message]).toEqual([400, type, message]);
    expect(error.extra_info).toEqual({});
  });
});

describe.skipIf(!url)('a real server’s answers to whole and broken prompts', () => {
  it('are still those that were recorded', async ({ skip }) => {
    const version = await versionOf(url!);
    skip(version !== read().version, `recorded on ${read().version}, this is ${version}`);
    const answers = await answersOf(url!);
    const info = await infoOf(url!);
    await expect(write({ version, info, answers })).toMatchFileSnapshot(FILE);
  }, 120_000);
});

async function answersOf(server: string): Promise<{ [name: string]: unknown }> {
  const answers: { [name: string]: unknown } = {};
  for (const [name, body] of Object.entries(PROMPT_BODIES)) {
    const response = await fetch(`${server}/api/prompt`, { method: 'POST', body });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    answers[name] = [response.status, isJson ? same(readPython(text)) : text];
  }
  return answers;
}

/** Python writes numbers that JSON has no word for. */
function readPython(text: string): unknown {
  return JSON.parse(text.replaceAll(/: ?(-?Infinity|NaN)\b/g, ': "$1"'));
}

/** An answer less what differs from run to run: ids, counts, places in code, the order of Python’s sets. */
function same(value: unknown, key = ''): unknown {
  if (key === 'prompt_id') return '<id>';
  if (key === 'number') return Number.isInteger(value) ? '<number>' : value;
  if (key === 'details') return String(value).split('\n').sort().join('\n');
  if (Array.isArray(value)) {
    const items = value.map((item) => same(item));
    return key === 'errors' || key === 'dependent_outputs' ? items.sort(byText) : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => name !== 'traceback');
  const sorted = entries.map(([name, item]): [string, unknown] => [name, same(item, name)]);
  return Object.fromEntries(sorted.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const byText = (a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

async function versionOf(server: string): Promise<string> {
  const stats = await (await fetch(`${server}/api/system_stats`)).json();
  return stats.system.comfyui_version;
}

/** The classes that the bodies use, less what is for people. */
async function infoOf(server: string): Promise<NodeCatalogue> {
  const all: NodeCatalogue = await (await fetch(`${server}/api/object_info`)).json();
  const used = names.flatMap((name) => PROMPT_BODIES[name]!.match(/(?<="class_type":")\w+/g) ?? []);
  const kept = [...new Set(used)].filter((name) => name in all).sort();
  const forPeople =
    /^(display_name|description|category|search_aliases|output_tooltips|price_badge)$/;
  return Object.fromEntries(
    kept.map((name) => [
      name,
      Object.fromEntries(Object.entries(all[name]!).filter(([key]) => !forPeople.test(key))),
    ]),
  );
}

/** A line for each class and each answer. */
function write({ version, info, answers }: ReturnType<typeof read>): string {
  const lines = (of: object) =>
    Object.entries(of).map(([name, one]) => `${JSON.stringify(name)}: ${JSON.stringify(one)}`);
  const block = (of: object) => `{\n${lines(of).join(',\n')}\n}`;
  return `{\n"version": "${version}",\n"info": ${block(info)},\n"answers": ${block(answers)}\n}\n`;
}
