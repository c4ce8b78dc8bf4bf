import { type Asked, CASES, promptOf } from './adherence-cases.ts';

/** A prompt that a picture does not show. */
export interface Wrong {
  kind: 'object' | 'second object' | 'colour' | 'colours swapped' | 'count' | 'place';
  prompt: string;
}

const COLOURS = [
  'red',
  'orange',
  'yellow',
  'green',
  'teal',
  'blue',
  'purple',
  'pink',
  'brown',
  'black',
  'white',
];
const OPPOSITE = {
  'left of': 'right of',
  'right of': 'left of',
  above: 'below',
  below: 'above',
} as const;
// Things that look alike, or are near kin: the hard ones.
const KIN: Readonly<Record<string, readonly string[]>> = {
  fox: ['wolf', 'raccoon'],
  cat: ['tiger', 'dog'],
  dog: ['wolf', 'cat'],
  frog: ['bear', 'turtle'],
  lion: ['tiger', 'bear'],
  tiger: ['leopard', 'lion'],
  rabbit: ['mouse', 'hamster'],
  koala: ['panda', 'mouse'],
  panda: ['bear', 'koala'],
  whale: ['dolphin', 'shark'],
  dolphin: ['whale', 'shark'],
  horse: ['zebra', 'deer'],
  fish: ['shark', 'blowfish'],
  pig: ['boar', 'cow'],
  monkey: ['gorilla', 'orangutan'],
  bird: ['duck', 'parrot'],
  bee: ['ant', 'beetle'],
  owl: ['eagle', 'parrot'],
  penguin: ['duck', 'owl'],
  turtle: ['snail', 'lizard'],
  apple: ['pear', 'tomato', 'peach'],
  lemon: ['mango', 'melon'],
  strawberry: ['cherries', 'tomato'],
  cookie: ['donut', 'pizza'],
  donut: ['bagel', 'cookie'],
  cupcake: ['cookie', 'custard'],
  hamburger: ['sandwich', 'taco'],
  avocado: ['melon', 'pear'],
  car: ['taxi', 'truck'],
  bus: ['truck', 'ambulance'],
  bicycle: ['motorcycle', 'scooter'],
  tractor: ['truck', 'car'],
  house: ['castle', 'school'],
  rocket: ['airplane', 'satellite'],
  airplane: ['rocket', 'helicopter'],
  umbrella: ['balloon', 'kite'],
  tulip: ['rose', 'sunflower'],
  key: ['hammer', 'scissors'],
  hammer: ['axe', 'wrench'],
  heart: ['star', 'balloon'],
  star: ['sun', 'heart'],
};

const things = [...new Set(CASES.map(({ asked }) => asked.first))];

/** Wrong prompts for a picture: other things (near kin first), colours, numbers and places. */
export function wrongPrompts(asked: Asked, seed: number): Wrong[] {
  const { first, second, colour, secondColour, relation, count } = asked;
  const named = [first, second];
  const pick = <T>(list: readonly T[], at: number) => list[(seed * 7 + at * 13) % list.length] as T;
  const others = things.filter((thing) => !named.includes(thing));
  const wrong: Wrong[] = [];
  const add = (kind: Wrong['kind'], change: Partial<Asked>) =>
    wrong.push({ kind, prompt: promptOf({ ...asked, ...change }) });
  for (const thing of [...(KIN[first] ?? []), pick(others, 1), pick(others, 2)]) {
    if (!named.includes(thing)) add('object', { first: thing });
  }
  if (second) {
    for (const thing of [...(KIN[second] ?? []), pick(others, 3)]) {
      if (!named.includes(thing)) add('second object', { second: thing });
    }
  }
  if (colour) {
    for (const at of [0, 1, 2, 3]) {
      const other = pick(COLOURS, at);
      if (other !== colour) add('colour', { colour: other });
    }
  }
  if (colour && secondColour && colour !== secondColour) {
    add('colours swapped', { colour: secondColour, secondColour: colour });
  }
  if (!second) {
    const real = count ?? 1;
    const numbers = [real - 1, real + 1, real + 2, real * 2].filter((n) => n > 0 && n !== real);
    for (const n of new Set(numbers)) add('count', { count: n === 1 ? 0 : n });
  }
  if (relation) add('place', { relation: OPPOSITE[relation] });
  return wrong;
}
