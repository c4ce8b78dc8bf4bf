/** A prompt in parts, so that wrong ones can be made of it. */
export interface Asked {
  first: string;
  colour?: string;
  second?: string;
  secondColour?: string;
  relation?: 'left of' | 'right of' | 'above' | 'below';
  count?: number;
  scene?: string;
}

/** A prompt and the flow that draws it. */
export interface Case {
  flow: string;
  asked: Asked;
}

const NUMBERS = ['', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

/** The prompt in English. */
export function promptOf({
  first,
  colour,
  second,
  secondColour,
  relation,
  count,
  scene,
}: Asked): string {
  const name = (thing: string, tint?: string) => (tint ? `${tint} ${thing}` : thing);
  const head = count ? `${NUMBERS[count]} ${name(first, colour)}s` : `a ${name(first, colour)}`;
  const tail = second ? ` ${relation} a ${name(second, secondColour)}` : '';
  return head + tail + (scene ? `, ${scene}` : '');
}

/** `flow: colour thing | thing@scene | …`. */
const singles = (flow: string, list: string): Case[] =>
  list.split('|').map((text) => {
    const [what = '', scene] = text.trim().split('@');
    const match = /^(red|orange|yellow|green|teal|blue|purple|pink|brown|black|white) (.+)$/.exec(
      what,
    );
    const named = match
      ? { colour: match[1] as string, first: match[2] as string }
      : { first: what };
    return { flow, asked: { ...named, ...(scene ? { scene } : {}) } };
  });

const pair = (
  flow: string,
  relation: NonNullable<Asked['relation']>,
  one: string,
  two: string,
  scene?: string,
): Case => {
  const [a, b] = [singles(flow, one)[0] as Case, singles(flow, two)[0] as Case];
  const secondColour = b.asked.colour;
  return {
    flow,
    asked: {
      ...a.asked,
      relation,
      second: b.asked.first,
      ...(secondColour ? { secondColour } : {}),
      ...(scene ? { scene } : {}),
    },
  };
};

const group = (count: number, what: string): Case => {
  const { asked } = singles('', what)[0] as Case;
  return { flow: `emoji-count-${count}`, asked: { ...asked, count } };
};

/** Every second one is for choosing thresholds, the others are for reporting. */
export const CASES: readonly Case[] = [
  ...singles('emoji-object', 'fox@in the snow | blue cat | pizza | green car | guitar@at sunset'),
  ...singles(
    'emoji-object',
    'purple octopus | umbrella | rocket@in space | pink elephant | black dog',
  ),
  ...singles(
    'emoji-object',
    'robot | orange tulip | castle@on a meadow | red umbrella | cactus@in the desert',
  ),
  ...singles('emoji-fast', 'green frog | lion | blue house | cupcake'),
  ...singles('emoji-guided', 'tiger | yellow bicycle | owl@at night | purple mushroom'),
  ...singles('emoji-flat', 'penguin | blue fish@underwater | red car | strawberry'),
  ...singles('emoji-ink', 'rabbit | key | blue butterfly | hammer'),
  ...singles('emoji-pastel', 'koala | pink cat | banana | teal snail'),
  ...singles('emoji-neon', 'whale | blue bicycle | green dragon | cherries'),
  ...singles('emoji-pixel-art', 'mushroom | blue frog | heart | trophy'),
  ...singles('emoji-sketch', 'horse | house | sailboat | crown'),
  ...singles('emoji-hires', 'panda | green turtle | pineapple'),
  ...singles('emoji-upscaled', 'bee | red hat | watermelon'),
  ...singles('emoji-animals', 'purple pig | dolphin | monkey'),
  ...singles('emoji-food', 'green donut | avocado | hamburger'),
  ...singles('emoji-vehicles', 'yellow bus | helicopter | pink tractor'),
  pair('emoji-left-of', 'left of', 'red apple', 'green frog'),
  pair('emoji-left-of', 'left of', 'dog', 'cat'),
  pair('emoji-left-of', 'left of', 'blue car', 'red bicycle'),
  pair('emoji-left-of', 'left of', 'pizza', 'guitar', 'at sunset'),
  pair('emoji-right-of', 'right of', 'purple cat', 'yellow bird'),
  pair('emoji-right-of', 'right of', 'lion', 'rocket'),
  pair('emoji-right-of', 'right of', 'green umbrella', 'pink pig'),
  pair('emoji-above', 'above', 'airplane', 'house'),
  pair('emoji-above', 'above', 'red balloon', 'blue dog'),
  pair('emoji-above', 'above', 'owl', 'mushroom', 'in the forest'),
  pair('emoji-below', 'below', 'fish', 'sailboat'),
  pair('emoji-below', 'below', 'green turtle', 'orange cat'),
  group(2, 'dog'),
  group(2, 'blue car'),
  group(2, 'key'),
  group(3, 'red apple'),
  group(3, 'cat'),
  group(3, 'green fish'),
  group(4, 'owl'),
  group(4, 'yellow star'),
  group(4, 'purple butterfly'),
  group(6, 'lemon'),
  group(6, 'pink pig'),
  group(6, 'rocket'),
  group(9, 'bee'),
  group(9, 'blue mushroom'),
  group(9, 'cookie'),
];

/** Written once all thresholds stood, and not used for choosing anything. */
export const FRESH: readonly Case[] = [
  ...singles('emoji-object', 'wolf@in the forest | yellow tiger | taco | white bear | pink camera'),
  ...singles('emoji-object', 'teal dragon | eagle@in the sky | brown chair | green ghost@at night'),
  ...singles('emoji-object', 'bus@in the city | purple rabbit | violin | snowman@in the snow'),
  ...singles('emoji-fast', 'giraffe | red bell | green hedgehog | sandwich'),
  ...singles('emoji-guided', 'peacock | blue camel | orange backpack | zebra'),
  ...singles('emoji-flat', 'white duck | purple grapes | shark@underwater | red scissors'),
  ...singles('emoji-ink', 'elephant | green snake | airplane | crab'),
  ...singles('emoji-pastel', 'pink flamingo | blue lobster | pear | owl'),
  ...singles('emoji-neon', 'parrot | pink guitar | green cactus | motorcycle'),
  ...singles('emoji-pixel-art', 'blue dolphin | carrot | green hat | ladybug'),
  ...singles('emoji-sketch', 'rooster | lighthouse | bicycle | camel'),
  ...singles('emoji-hires', 'purple butterfly | sloth | red truck'),
  ...singles('emoji-upscaled', 'yellow snail | helicopter | kangaroo'),
  ...singles('emoji-animals', 'black sheep | octopus | pink whale'),
  ...singles('emoji-food', 'purple pear | croissant | ice cream'),
  ...singles('emoji-vehicles', 'ambulance | green bicycle | sailboat'),
  pair('emoji-left-of', 'left of', 'yellow pear', 'purple grapes'),
  pair('emoji-left-of', 'left of', 'bear', 'panda'),
  pair('emoji-left-of', 'left of', 'green apple', 'orange apple'),
  pair('emoji-right-of', 'right of', 'pink rabbit', 'teal turtle'),
  pair('emoji-right-of', 'right of', 'snowman', 'penguin', 'in the snow'),
  pair('emoji-above', 'above', 'yellow star', 'purple castle', 'at night'),
  pair('emoji-above', 'above', 'parrot', 'elephant'),
  pair('emoji-below', 'below', 'red crab', 'blue whale', 'underwater'),
  pair('emoji-below', 'below', 'hammer', 'light bulb'),
  group(2, 'white rabbit'),
  group(2, 'frog'),
  group(3, 'purple snail'),
  group(3, 'hamburger'),
  group(4, 'red bicycle'),
  group(4, 'fox'),
  group(6, 'blue penguin'),
  group(6, 'banana'),
  group(9, 'green frog'),
  group(9, 'strawberry'),
];
