import { ComfygenError, type Selection } from 'comfygen';
import fc from 'fast-check';
import picocolors from 'picocolors';
import { describe, expect, it } from 'vitest';
import { wantsColor } from '../terminal/io.ts';
import { choiceFields } from './choice.ts';
import { renderDocument, renderJson } from './json.ts';
import { renderError, renderWarnings } from './messages.ts';
import { imageProtocol, previewKind, renderInlineImage } from './preview.ts';
import { followRun, type ProgressState, renderProgress } from './progress.ts';
import { renderFields, renderTable } from './table.ts';
import { displayWidth, formatMs, plain, truncate, wrap } from './text.ts';

const noColors = picocolors.createColors(false);
const colors = picocolors.createColors(true);
const linesOf = (text: string) => text.trimEnd().split('\n');

describe('text', () => {
  it('lets no escape sequence through', () => {
    expect(plain('a\u001b[31mb\u001b]0;title\u0007c\r\nd\u202ee\u0000')).toBe('abc de');
  });

  it('counts cells, not characters', () => {
    expect(['abc', 'é', '赤い', '🦊', '👩‍🚀', colors.red('ab')].map(displayWidth)).toEqual([
      3, 1, 4, 2, 2, 2,
    ]);
  });

  it('never cuts wider than it was told', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.integer({ min: 2, max: 40 }),
        (text, width) => {
          expect(displayWidth(truncate(text, width))).toBeLessThanOrEqual(width);
        },
      ),
    );
  });

  it('wraps without losing a word', () => {
    const words = 'one two three four-and-a-half five';
    expect(wrap(words, 9).join(' ')).toBe(words);
    expect(wrap(words, 9)).toContain('one two');
  });

  it.each([
    [3.4, '3 ms'],
    [2400, '2.4 s'],
    [59_960, '1 min 00 s'],
    [185_000, '3 min 05 s'],
  ])('%d ms is %s', (ms, text) => expect(formatMs(ms)).toBe(text));
});

describe('renderTable', () => {
  const columns = [{ title: 'ID' }, { title: 'TITLE', least: 8 }, { title: 'TAGS', least: 6 }];
  const rows = [
    [
      'emoji-pair',
      'Two things side by side, in one picture',
      'two-objects counting anime landscape',
    ],
    ['one', '赤いりんご', ''],
  ];

  it('fits the width, and keeps the id whole', () => {
    const lines = linesOf(renderTable(columns, rows, noColors, 40));
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(40);
    expect(lines[1]).toMatch(/^emoji-pair {2}Two things +two-objects/);
  });

  it('cuts no word: a cell takes more lines', () => {
    const text = renderTable(columns, rows, noColors, 40);
    for (const word of rows.flat().flatMap((cell) => cell.split(' '))) expect(text).toContain(word);
    const file = [['x', 'sd_xl_refiner_1.0.safetensors, and more', '']];
    const lines = linesOf(renderTable(columns, file, noColors, 24));
    expect(lines.slice(1).map((line) => line.slice(4).trimEnd())).toEqual([
      'sd_xl_refiner_',
      '1.0.',
      'safetensors,',
      'and more',
    ]);
  });

  it('shows everything where there is room', () => {
    const lines = linesOf(renderTable(columns, rows, noColors, 200));
    expect(lines[1]).toBe(rows[0]!.join('  '));
  });
});

describe('renderFields', () => {
  it('wraps a value under itself and leaves empty ones out', () => {
    const text = renderFields(
      [
        ['Why', 'because it is so'],
        ['None', ''],
        ['Seed', '7'],
      ],
      noColors,
      20,
    );
    expect(linesOf(text)).toEqual(['  Why   because it', '        is so', '  Seed  7']);
  });
});

describe('renderProgress', () => {
  it('fits one line of a narrow terminal', () => {
    const state = { activity: 'SamplerCustomAdvanced', fraction: 0.417, step: 7, steps: 20 };
    const line = renderProgress(state, 1234, noColors, 40);
    expect(displayWidth(line)).toBeLessThan(40);
    expect(line).toMatch(/^━{8}─{12} 41 % /);
  });

  it('draws no bar where nobody knows how far it is', () => {
    expect(renderProgress({ activity: 'choosing' }, 5, noColors, 80)).toBe('choosing  5 ms');
  });
});

describe('followRun', () => {
  it('tells how long a job has waited, and when one that waited runs', () => {
    const listeners = new Map<string, (event: object) => void>();
    const events = { on: (name: string, one: never) => void listeners.set(name, one) };
    const shown: ProgressState[] = [];
    const view = {
      update: (state: ProgressState) => void shown.push(state),
      note() {},
      clear() {},
    };
    followRun({ events } as never, view);
    const tell = (name: string, facts: object) =>
      listeners.get(name)!({ executor: 'gpu', planId: 'a', ...facts });
    tell('execute-queued', { ahead: 2, waitedMs: 0 });
    tell('execute-queued', { ahead: 0, waitedMs: 12_000 });
    tell('execute-running', { waitedMs: 15_000 });
    tell('execute-running', { planId: 'b', waitedMs: 3 });
    expect(shown.map(({ activity }) => activity)).toEqual([
      'waiting on gpu: 2 jobs ahead',
      'waiting on gpu for 12.0 s: next in its queue',
      'running on gpu, after a wait of 15.0 s',
    ]);
  });
});

describe('choiceFields', () => {
  const ranked = (flowId: string, score: number | null) => ({
    flowId,
    score,
    interval: null,
    probability: 0,
    reason: `good for ${flowId}`,
  });
  const selection = (one: Selection['ranked']): Selection => ({
    ranked: one,
    labels: ['anime', 'fast'],
    reason: 'It fits.',
    warnings: [],
  });
  const runnerUp = (one: Selection['ranked'], id = 'a') =>
    choiceFields({ id, title: 'A' }, selection(one), noColors).find(
      ([name]) => name === 'Runner-up',
    )?.[1];

  it('gives the scores that are expected of the runner-up and of the choice', () => {
    expect(runnerUp([ranked('a', 0.8), ranked('b', 0.55)])).toBe(
      'b, expected score 0.55 against 0.80',
    );
    expect(runnerUp([ranked('a', null), ranked('b', null)])).toBe('b: good for b');
    expect(runnerUp([ranked('a', 1)])).toContain('none');
  });

  it('says so where the flow is not the first choice', () => {
    const fields = choiceFields(
      { id: 'b', title: 'B' },
      selection([ranked('a', 1), ranked('b', 0.5)]),
      noColors,
    );
    expect(fields[0]).toEqual(['Flow', 'b · B (in place of a)']);
  });
});

describe('renderError', () => {
  it('says what happened, why each try failed, once, and what to do', () => {
    const attempt = {
      outcome: 'failed',
      error: { code: 'INVALID_WORKFLOW', message: 'Too large.' },
    };
    const attempts = [attempt, attempt, { outcome: 'failed' }];
    const error = new ComfygenError('NO_IMAGE', 'No image was made.', { details: { attempts } });
    expect(linesOf(renderError(error, noColors, false))).toEqual([
      'error NO_IMAGE: No image was made.',
      '  · Too large.',
      expect.stringMatching(/^ {2}→ Mend/),
    ]);
  });

  it('takes what no part of ours threw for a fault', () => {
    expect(renderError('\u001b[31mboom', noColors, false)).toMatch(
      /^error UNEXPECTED: boom\n {2}→ /,
    );
  });
});

describe('pictures in the terminal', () => {
  it.each([
    [{ TERM_PROGRAM: 'iTerm.app' }, 'iterm'],
    [{ TERM_PROGRAM: 'WezTerm' }, 'iterm'],
    [{ TERM_PROGRAM: 'ghostty' }, 'kitty'],
    [{ TERM: 'xterm-kitty' }, 'kitty'],
    [{ TERM: 'xterm-kitty', TMUX: '/tmp/tmux' }, undefined],
    [{ TERM: 'xterm-256color' }, undefined],
  ])('%o: %s', (env, protocol) => expect(imageProtocol(env)).toBe(protocol));

  it('shows nothing where stdout is a file or the user does not want it', () => {
    const env = { TERM: 'xterm-kitty', COLORTERM: 'truecolor' };
    expect(previewKind({ outIsTty: false, env }, true)).toBeUndefined();
    expect(previewKind({ outIsTty: true, env }, false)).toBeUndefined();
    expect(previewKind({ outIsTty: true, env: { COLORTERM: 'truecolor' } }, true)).toBe('blocks');
    expect(
      previewKind({ outIsTty: true, env: { COLORTERM: 'truecolor' } }, undefined),
    ).toBeUndefined();
  });

  it('sends Kitty chunks that join to the whole file', () => {
    const bytes = new Uint8Array(10_000).map((_, index) => index % 251);
    const text = renderInlineImage(bytes, 'kitty');
    const chunks = text
      .split('\u001b\\')
      .slice(0, -1)
      .map((chunk) => chunk.replace('\u001b_G', '').split(';'));
    expect(chunks.length).toBe(4);
    expect(chunks.map(([control]) => control!.at(-1))).toEqual(['1', '1', '1', '0']);
    const joined = chunks.map(([, data]) => data).join('');
    expect(new Uint8Array(Buffer.from(joined, 'base64'))).toEqual(bytes);
  });
});

describe('renderJson', () => {
  it('writes large seeds with all their digits', () => {
    expect(renderJson({ seed: 18446744073709551615n })).toBe(
      '{\n  "seed": 18446744073709551615\n}\n',
    );
  });
});

describe('renderWarnings', () => {
  const colors = picocolors.createColors(false);
  const warnings = [
    { code: 'retried', message: 'Tried again.' },
    { code: 'size-ignored', message: 'No size.' },
    { code: 'own', message: 'A part says so.', level: 'asked-not-given' as const },
  ];

  it('begins with what was asked for and not given', () => {
    const text = renderWarnings(warnings, colors, 80);
    expect(text).toBe('  ! No size.\n  ! A part says so.\n  · Tried again.\n');
  });

  it('leaves out notes, and nothing else, where it is to be quiet', () => {
    const text = renderWarnings(warnings, colors, 80, true);
    expect(text).toBe('  ! No size.\n  ! A part says so.\n');
  });

  it('has a level for each in JSON', () => {
    const { warnings: told } = JSON.parse(renderDocument('plan', { warnings }));
    const levels = told.map(({ level }: { level: string }) => level);
    expect(levels).toEqual(['note', 'asked-not-given', 'asked-not-given']);
  });
});

describe('wantsColor', () => {
  it.each([
    [true, {}, true],
    [false, {}, false],
    [true, { TERM: 'dumb' }, false],
    [true, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    [false, { FORCE_COLOR: '1' }, true],
    [true, { FORCE_COLOR: '0' }, false],
    [true, { NO_COLOR: '' }, true],
  ])('tty %s, %o: %s', (isTty, env, expected) => expect(wantsColor(isTty, env)).toBe(expected));
});
