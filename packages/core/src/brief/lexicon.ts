import type { BriefParts } from '../spec/index.ts';

/** A stated place of one thing relative to another. */
export type Relation = Exclude<BriefParts['relation'], null>;

/** English number words and what they count; digits are read apart. */
export const NUMBER_WORDS: ReadonlyMap<string, number> = new Map([
  ...'two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'
    .split(' ')
    .map((word, index): [string, number] => [word, index + 2]),
  ['one', 1],
  ['single', 1],
  ['pair', 2],
  ['couple', 2],
  ['duo', 2],
  ['twin', 2],
  ['both', 2],
  ['trio', 3],
  ['quartet', 4],
  ['dozen', 12],
]);

/** How English says where one thing is; the first thing named is the one that is placed. */
export const RELATION_PHRASES: readonly (readonly [phrase: string, relation: Relation])[] = [
  ['left of', 'left'],
  ['to left of', 'left'],
  ['to the left of', 'left'],
  ['on the left of', 'left'],
  ['at the left of', 'left'],
  ['on the left side of', 'left'],
  ['to the left side of', 'left'],
  ['right of', 'right'],
  ['to right of', 'right'],
  ['to the right of', 'right'],
  ['on the right of', 'right'],
  ['at the right of', 'right'],
  ['on the right side of', 'right'],
  ['to the right side of', 'right'],
  ['above', 'above'],
  ['over', 'above'],
  ['atop', 'above'],
  ['on top of', 'above'],
  ['on the top of', 'above'],
  ['at the top of', 'above'],
  ['below', 'below'],
  ['under', 'below'],
  ['underneath', 'below'],
  ['beneath', 'below'],
  ['at the bottom of', 'below'],
  ['beside', 'beside'],
  ['besides', 'beside'],
  ['next to', 'beside'],
  ['near', 'beside'],
  ['near to', 'beside'],
  ['close to', 'beside'],
  ['alongside', 'beside'],
  ['adjacent to', 'beside'],
  ['side by side with', 'beside'],
  ['by the side of', 'beside'],
  ['at the side of', 'beside'],
  ['together with', 'beside'],
  ['and', 'beside'],
  ['with', 'beside'],
];

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Dropped before a noun. */
export const DETERMINERS = words(
  `a an the my your his her its our their this that these those some any another each every
  several many various multiple numerous few lots`,
);

/** A collective that stands before "of": `a group of cats` is about cats. */
export const COLLECTIVES = words(
  `group bunch herd flock pack pair couple trio duo dozen lot lots number collection set crowd swarm
  variety series row cluster kind type sort image photo photograph picture`,
);

/** What a picture is made as: `a watercolor painting of` belongs to the scene. */
export const MEDIA = words(
  `photo photograph photography picture image painting drawing sketch illustration render rendering
  portrait artwork art view shot close-up closeup scene depiction poster cover print icon logo sticker
  cartoon comic caricature doodle engraving etching watercolor watercolour landscape still
  snapshot selfie screenshot wallpaper mural tapestry concept diagram emoji silhouette style version
  representation footage video macro study lithograph woodcut mosaic vector figurine model sculpture`,
);

/** Ends a noun phrase. Relation phrases begin with some of these too. */
export const PREPOSITIONS = words(
  `in on at by from to into onto inside outside within against around across along behind before
  between among amongst through during without via towards toward upon off out up down near
  above over atop below under underneath beneath beside besides next alongside adjacent against
  amid amidst past throughout beyond wearing holding with like featuring showing depicting including
  surrounded set made`,
);

/** Ends a noun phrase: verbs of being, pronouns, and what joins clauses. */
export const CLAUSE_WORDS = words(
  `is are was were be been being has have had can could will would should do does did
  that which who whom whose where when while as because so but or nor if then than
  it he she they we i you not no very and & plus
  sits stands lies rests hangs floats flies runs walks looks stares holds wears eats drinks plays
  rides stare look hold wear eat drink play ride sit stand lie run walk fly float jumps jump
  rest encircle sleeps sleep dances dance wielding seen worn built held shown dressed left right`,
);

/** Adjectives that are common before nouns, so that `black and white cat` stays one thing. */
export const ADJECTIVES = words(
  `red green blue yellow orange purple pink brown black white grey gray golden gold silver cyan
  magenta teal turquoise violet crimson scarlet beige colorful colourful rainbow dark light bright
  pale big small large little tiny huge giant tall short long old young new ancient modern cute
  beautiful pretty ugly happy sad angry scary fluffy furry shiny glossy glowing round square wooden
  metal metallic plastic glass stone crystal wet dry hot cold fresh wild baby fat thin striped
  spotted majestic lonely lone epic vintage retro futuristic magical mystical cozy transparent smooth
  rough soft hard broken empty full clean dirty rusty single adorable delicious ripe juicy red-haired
  muscular handsome gorgeous stunning mysterious tired sleepy hungry brave elegant`,
);

/** Words in -ing that are things, not doings. */
export const ING_NOUNS = words(
  `ring king wing string building painting earring ceiling morning evening wedding clothing being
  thing spring viking duckling pudding dumpling swing sling earwing drawing offspring starling
  sibling lightning awning sapling seedling fledgling gosling icing stocking crossing wellbeing
  something anything nothing everything darling human-being railing landing bling sterling herring`,
);

/** Past participles that are common behind a thing, with or without a preposition after them. */
export const PARTICIPLES = words(
  `parked placed arranged painted covered filled surrounded located stacked scattered gathered seated
  perched lined tied hung stuck lit cut positioned displayed decorated illuminated dressed lying`,
);

/** After "with", these belong to the first thing: `a girl with long hair` is one subject. */
export const ATTRIBUTES = words(
  `hair eyes eye beard mustache moustache face hat cap glasses sunglasses goggles dress shirt coat
  jacket suit helmet mask crown wings wing horns horn tail fur feathers skin ears ear arms hands hand
  legs smile expression emotion sash tattoo tattoos freckles makeup jewelry necklace earrings scarf gloves boots
  shoes armor armour cloak robe robes cape hood teeth nose lips details detail lighting background
  light lights shadows colors colours texture effect effects style theme mood atmosphere focus depth
  body head hairstyle braids ponytail bangs bow ribbon outfit uniform clothes clothing scales claws
  fangs antlers mane paws spots stripes leaves petals roof windows door handle wheels text letters
  porch chimney handlebars screen hem sleeves label logo sign interior flowers frame pattern
  words caption view sky clouds bokeh lines outlines palette`,
);

/** After above, over, below or under, these are the place, not a second thing. */
export const PLACES = words(
  `sea ocean sky water waves stars moonlight sunlight starlight rain snow clouds night ground lights
  city mountains hills horizon surface earth skyline shade sunset sunrise lake river light heaven
  heavens aurora landscape world town village skies forest trees field fields background`,
);

/** Tags that say how good or how a picture should be, never what is in it. */
export const QUALITY_WORDS = words(
  `masterpiece masterwork best quality high highest highly ultra extremely super very hyper detailed
  detail details resolution res hires highres absurdres absurd hd uhd 4k 8k 16k hdr sharp focus
  realistic photorealistic hyperrealistic photo-realistic hyper-realistic hyperdetailed intricate
  cinematic professional award winning award-winning trending artstation octane unreal engine raw
  photo photography beautiful amazing aesthetic perfect good great nice top rating score newest
  illustration wallpaper cg unity official art safe sfw solo realism lighting dramatic soft volumetric
  score_9 score_8_up score_7_up score_6_up score_5_up score_4_up source_anime rating_safe epic`,
);

/** What opens a request and is no part of the picture. */
export const OPENERS = words(
  `there is are imagine generate create draw paint make show me please give i want would like can you
  design render produce depict see here`,
);

/** Style words of more than one word that stand before the thing itself: `pixel art cat`. */
export const STYLE_PREFIXES: readonly string[] = [
  'pixel art',
  'line art',
  'concept art',
  'digital art',
  'vector art',
  'fan art',
  'pop art',
  'ink wash',
  'oil painting',
  'watercolor painting',
  'pencil sketch',
  'low poly',
  'flat design',
  '3d render',
];

/** Plurals that no rule gives. */
export const IRREGULAR_PLURALS: ReadonlyMap<string, string> = new Map([
  ['people', 'person'],
  ['men', 'man'],
  ['women', 'woman'],
  ['children', 'child'],
  ['mice', 'mouse'],
  ['geese', 'goose'],
  ['feet', 'foot'],
  ['teeth', 'tooth'],
  ['oxen', 'ox'],
  ['dice', 'die'],
  ['cacti', 'cactus'],
  ['octopi', 'octopus'],
  ['fungi', 'fungus'],
  ['knives', 'knife'],
  ['wives', 'wife'],
  ['lives', 'life'],
  ['leaves', 'leaf'],
  ['loaves', 'loaf'],
  ['wolves', 'wolf'],
  ['elves', 'elf'],
  ['shelves', 'shelf'],
  ['calves', 'calf'],
  ['halves', 'half'],
  ['thieves', 'thief'],
  ['scarves', 'scarf'],
  ['dwarves', 'dwarf'],
  ['hooves', 'hoof'],
  ['potatoes', 'potato'],
  ['tomatoes', 'tomato'],
  ['heroes', 'hero'],
  ['mangoes', 'mango'],
  ['volcanoes', 'volcano'],
  ['mosquitoes', 'mosquito'],
  ['dominoes', 'domino'],
  ['cookies', 'cookie'],
  ['pies', 'pie'],
  ['ties', 'tie'],
  ['zombies', 'zombie'],
  ['movies', 'movie'],
  ['smoothies', 'smoothie'],
  ['brownies', 'brownie'],
  ['selfies', 'selfie'],
  ['axes', 'axe'],
  ['shoes', 'shoe'],
  ['horseshoes', 'horseshoe'],
  ['canoes', 'canoe'],
  ['toes', 'toe'],
  ['buses', 'bus'],
  ['quizzes', 'quiz'],
  ['horses', 'horse'],
  ['houses', 'house'],
  ['roses', 'rose'],
  ['vases', 'vase'],
  ['cheeses', 'cheese'],
  ['nurses', 'nurse'],
  ['purses', 'purse'],
  ['noses', 'nose'],
  ['blouses', 'blouse'],
  ['seahorses', 'seahorse'],
  ['greenhouses', 'greenhouse'],
  ['lighthouses', 'lighthouse'],
  ['racehorses', 'racehorse'],
  ['suitcases', 'suitcase'],
  ['bookcases', 'bookcase'],
  ['briefcases', 'briefcase'],
  ['slices', 'slice'],
  ['mooses', 'moose'],
  ['waves', 'wave'],
]);

/** Words in -s that are not plurals, or have no singular. */
export const NO_SINGULAR = words(
  `glasses sunglasses scissors pants trousers jeans shorts pliers binoculars headphones goggles series
  species sheep fish deer moose bus gas lens iris grass glass dress princess chess boss cross bass
  compass octopus cactus walrus hippopotamus platypus virus lotus tennis goddess actress waitress
  pegasus crocus abacus asparagus hibiscus circus campus fungus papyrus christmas canvas atlas venus
  mattress fortress harness cypress mantis ibis tyrannosaurus brachiosaurus stegosaurus`,
);
