import type { JsonObject } from 'comfygen/plugin';
import type { Asked, Subject } from './asked.ts';
import { assign, type Match, matchAll } from './assign.ts';
import { fitCount, fitPosition } from './fit.ts';
import { type SeenThing, surenessOf } from './see-things.ts';
import type { Templates } from './templates.ts';

/** The score of a picture for a prompt, with its parts. */
export interface Judgement {
  /** 0 to 1; `undefined` where nothing could be judged. */
  readonly value: number | undefined;
  readonly raw: { [measure: string]: number };
  readonly evidence: JsonObject;
}

interface Measures {
  objects?: number;
  colours?: number;
  count?: number;
  position?: number;
}

interface Verdict {
  measures: Measures;
  /** The least of all that was measured, subject by subject. */
  worst: number;
}

// A picture is as right as what is worst in it; the others tell bad from worse.
const BY_WORST = 0.75;
const SURE = 0.5;

/** Holds the things of a picture against what was asked for. */
export function judge(things: readonly SeenThing[], asked: Asked, templates: Templates): Judgement {
  const known = asked.subjects.filter(({ concepts }) => concepts.length > 0);
  const matches = matchAll(known, things, templates);
  const { measures, worst } =
    asked.subjects.length === 1
      ? judgeKind(matches[0], known[0], asked)
      : judgeSubjects(matches, known, asked);
  const values = Object.values(measures);
  const value = BY_WORST * worst + (1 - BY_WORST) * mean(values);
  const evidence = { things: things.map((thing) => describe(thing, templates)) };
  return {
    value: values.length === 0 ? undefined : value,
    raw: { ...measures, found: things.length, confidence: surenessOf(things) },
    evidence,
  };
}

/** One kind: everything in the picture should be of it. */
function judgeKind(
  matches: readonly Match[] | undefined,
  subject: Subject | undefined,
  { count, isColourless }: Asked,
): Verdict {
  if (matches === undefined || subject === undefined) return { measures: {}, worst: 0 };
  const right = matches.filter(({ confidence }) => confidence >= SURE);
  const tinted = right.length > 0 ? right : matches;
  const measures: Measures = {
    objects: mean(matches.map(({ confidence }) => confidence)),
    ...(asksColour(subject, tinted, isColourless)
      ? { colours: mean(tinted.map(({ colour }) => colour)) }
      : {}),
    count: fitCount(matches.length, count),
  };
  return { measures, worst: Math.min(...Object.values(measures)) };
}

/** Several kinds: each should be there, the first as often as asked for, and where it was asked for. */
function judgeSubjects(
  matches: readonly (readonly Match[])[],
  subjects: readonly Subject[],
  { subjects: all, relation, count, isColourless }: Asked,
): Verdict {
  if (subjects.length === 0) return { measures: {}, worst: 0 };
  const given = assign(matches);
  const sure = given.map((match) => match?.confidence ?? 0);
  const tints = subjects.flatMap((subject, i) => {
    const match = given[i];
    if (!asksColour(subject, match ? [match] : [], isColourless)) return [];
    return match?.colour ?? 0;
  });
  const isWhole = subjects.length === all.length;
  const measures: Measures = {
    objects: mean(sure),
    ...(tints.length > 0 ? { colours: mean(tints) } : {}),
    ...(count > 1 && isWhole ? { count: fitCount(countFirst(matches), count) } : {}),
    ...(relation !== null && isWhole ? { position: placeOf(given, relation) } : {}),
  };
  return { measures, worst: Math.min(...Object.values(measures), ...sure, ...tints) };
}

// Where something else stands, nothing is in its place.
function placeOf(
  [first, second]: readonly (Match | undefined)[],
  relation: NonNullable<Asked['relation']>,
): number {
  if (first === undefined || second === undefined) return 0;
  if (Math.min(first.confidence, second.confidence) < SURE) return 0;
  return fitPosition(first.thing.region, second.thing.region, relation);
}

/** How many things are the first subject rather than another. */
function countFirst(matches: readonly (readonly Match[])[]): number {
  const [first = [], ...others] = matches;
  return first.filter(
    ({ confidence }, i) =>
      confidence >= SURE && others.every((row) => (row[i]?.confidence ?? 0) <= confidence),
  ).length;
}

// A pencil sketch of a red apple is grey.
function asksColour(
  { colours }: Subject,
  matches: readonly Match[],
  isColourless: boolean,
): boolean {
  if (colours.length === 0) return false;
  return !(isColourless && matches.every(({ thing }) => thing.palette.chroma < 0.03));
}

function describe({ region, recognition, palette }: SeenThing, templates: Templates): JsonObject {
  const [guess] = recognition.guesses;
  const { left, top, right, bottom } = region;
  const main = [...Object.entries(palette.chroma > 0.1 ? palette.hues : palette.greys)].sort(
    (a, b) => b[1] - a[1],
  )[0];
  return {
    looksLike: guess ? (templates.concepts[guess.concept]?.name ?? null) : null,
    likeness: guess ? Math.round(guess.likeness * 1000) / 1000 : 0,
    colour: main?.[0] ?? null,
    box: [left, top, right, bottom],
  };
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
