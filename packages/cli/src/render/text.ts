import { stripVTControlCharacters } from 'node:util';
import type { ModelRequirement } from 'comfygen';

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;
const WIDE =
  /\p{Extended_Pictographic}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Text from elsewhere, safe to print on one line: no escape sequences, no line breaks. */
export function plain(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\r\n\t]+/g, ' ')
    .replace(CONTROL, '');
}

/** How many terminal cells a text takes, escape sequences apart. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(stripVTControlCharacters(text))) {
    width += WIDE.test(segment) ? 2 : 1;
  }
  return width;
}

/** The message without the name that it begins with, where that stands beside it already. */
export function withoutPrefix(message: string, name: string): string {
  return message.startsWith(`${name}: `) ? message.slice(name.length + 2) : message;
}

/** `loras/ink.safetensors`; the file alone where its folder is not known. */
export function modelPath({ folder, file }: Pick<ModelRequirement, 'folder' | 'file'>): string {
  return folder === null ? file : `${folder}/${file}`;
}

/** The text cut to a width with an ellipsis. */
export function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let result = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    used += WIDE.test(segment) ? 2 : 1;
    if (used > width - 1) break;
    result += segment;
  }
  return `${result.trimEnd()}…`;
}

/** The text filled up with spaces to a width. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/** The words of a text as lines of at most a width; a longer word stands alone. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && displayWidth(longer) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  if (line !== '') lines.push(line);
  return lines;
}

/**
 * A text as lines that all fit a width: at spaces, then behind the marks of a file name or an id, and within a word
 * only where nothing else helps.
 */
export function breakLines(text: string, width: number): string[] {
  return wrap(text, width).flatMap((line) => {
    if (displayWidth(line) <= width) return [line];
    const lines: string[] = [];
    let rest = '';
    for (const piece of line.split(/(?<=[-_./\\:,])/).flatMap((one) => chop(one, width))) {
      if (rest !== '' && displayWidth(rest + piece) > width) {
        lines.push(rest);
        rest = '';
      }
      rest += piece;
    }
    return [...lines, rest];
  });
}

function chop(text: string, width: number): string[] {
  const pieces: string[] = [''];
  for (const { segment } of graphemes.segment(text)) {
    if (displayWidth(pieces.at(-1)! + segment) > width) pieces.push('');
    pieces[pieces.length - 1] += segment;
  }
  return pieces;
}

/** Milliseconds for a person: `840 ms`, `2.4 s`, `3 min 05 s`. */
export function formatMs(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** How long ago for a person, in one unit: `12 s`, `5 min`, `3 h`, `2 d`. */
export function formatAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** A score with as many digits as a reader can use. */
export function formatScore(value: number): string {
  return Number.isInteger(value) && Math.abs(value) >= 10 ? String(value) : value.toFixed(2);
}

/** `1 flow`, `3 flows`. */
export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
