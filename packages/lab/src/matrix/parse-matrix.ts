import type { ScoredPrompt, ScoreMatrix } from 'comfygen/plugin';
import { CsvError, parse } from 'csv-parse/sync';
import { invalidScores } from './invalid-scores.ts';

/** Options of `parseMatrix`. */
export interface ParseMatrixOptions {
  /** The name that messages give the text, such as a file name. */
  name: string;
}

/** A record with the line on which it begins. */
interface Row {
  line: number;
  cells: string[];
}

const FIXED = ['id', 'prompt', 'labels'] as const;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * The matrix in a CSV text (RFC 4180; a byte-order mark and CRLF are fine). Its columns: `id`, `prompt`,
 * `labels` joined by `|`, then one of numbers for each flow. An empty cell is a missing score. Labels become
 * kebab-case. Every problem names its line and column.
 *
 * @throws INVALID_SCORES: missing or doubled columns, doubled ids, ragged rows, cells that are no number
 */
export function parseMatrix(csv: string, { name }: ParseMatrixOptions): ScoreMatrix {
  const [head, ...rows] = readRows(csv, name);
  if (head === undefined) throw invalidScores(name, ['the file is empty']);
  const flows = readFlows(head.cells, name);
  if (rows.length === 0) throw invalidScores(name, ['it has a header and no prompts']);
  const problems: string[] = [];
  const prompts = readPrompts(rows, problems);
  const width = FIXED.length + flows.length;
  const scores = rows.map(({ line, cells }) => {
    if (cells.length !== width) {
      problems.push(`line ${line} has ${cells.length} columns, the header has ${width}`);
      return [];
    }
    return cells.slice(FIXED.length).map((cell, index) => {
      const text = cell.trim();
      if (text === '') return null;
      if (NUMBER.test(text) && Number.isFinite(Number(text))) return Number(text);
      const column = FIXED.length + index + 1;
      problems.push(
        `line ${line}, column ${column} (${flows[index]}): "${shorten(cell)}" is not a number; leave a missing score empty`,
      );
      return null;
    });
  });
  if (problems.length > 0) throw invalidScores(name, problems);
  return { flows, prompts, scores };
}

function readRows(csv: string, name: string): Row[] {
  try {
    // The parser miscounts lines where a quoted field holds CRLF.
    const text = csv.replace(/\r\n?/g, '\n');
    const records = parse(text, {
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    return records.map(({ record, info }) => {
      const breaks = record.reduce((sum, cell) => sum + cell.split('\n').length - 1, 0);
      return { line: info.lines - breaks, cells: record };
    });
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw invalidScores(name, [`this is not CSV: ${cause.message.replace(/\.$/, '')}`]);
  }
}

function readFlows(header: readonly string[], name: string): string[] {
  const titles = header.map((title) => title.trim());
  const wrong = FIXED.findIndex((title, index) => titles[index] !== title);
  if (wrong >= 0) {
    throw invalidScores(name, [
      `line 1, column ${wrong + 1} must be "${FIXED[wrong]}" and is "${shorten(titles[wrong] ?? '')}"; the header is id,prompt,labels and then a column for each flow`,
    ]);
  }
  const flows = titles.slice(FIXED.length);
  if (flows.length === 0)
    throw invalidScores(name, ['line 1 names no flow after id,prompt,labels']);
  const problems = flows.flatMap((flow, index) => {
    const place = `line 1, column ${FIXED.length + index + 1}`;
    if (flow === '') return [`${place} has no flow’s name`];
    const first = flows.indexOf(flow);
    if (first === index) return [];
    return [`${place} names ${flow} again, after column ${FIXED.length + first + 1}`];
  });
  if (problems.length > 0) throw invalidScores(name, problems);
  return flows;
}

function readPrompts(rows: readonly Row[], problems: string[]): ScoredPrompt[] {
  const lines = new Map<string, number>();
  return rows.map(({ line, cells: [id = '', text = '', labels = ''] }) => {
    const key = id.trim();
    const earlier = lines.get(key);
    if (key === '') problems.push(`line ${line}, column 1 (id) is empty`);
    else if (earlier !== undefined)
      problems.push(`line ${line}, column 1 (id): ${key} stands on line ${earlier} too`);
    if (text.trim() === '') problems.push(`line ${line}, column 2 (prompt) is empty`);
    lines.set(key, line);
    return { id: key, text: text.trim(), labels: readLabels(labels) };
  });
}

function readLabels(cell: string): string[] {
  const labels = cell
    .normalize('NFC')
    .split('|')
    .map((label) => label.toLowerCase().replace(/[^\p{L}\p{M}\p{N}]+/gu, '-'))
    .map((label) => label.replace(/^-+|-+$/g, ''));
  return [...new Set(labels)].filter((label) => label !== '');
}

const shorten = (text: string) => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
