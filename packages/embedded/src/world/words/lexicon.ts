const words = (list: string) => new Set(list.split(/\s+/));

/** Words that hold a sentence together, and numbers: known, and without an effect on the picture. */
export const FUNCTION_WORDS = words(`
  a an the this that these those some any each every another other of and or with without for to from by as is are was
  be it its his her their he she they one two three four five six seven eight nine ten eleven twelve dozen pair couple
  group in on at under over above below beneath between behind beside near next left right top bottom side front back
  middle center centre up down into onto out off while who which there here during through across around inside outside
  against along style styled picture image drawing emoji illustration single only just very so all both`);

/** After one of these, a word may name the place instead of a thing. */
export const PLACE_WORDS = words(
  'in on at under during by through over inside across into against amid',
);

/** What a picture should look like, which the emoji world's drawings do not follow. */
export const STYLE_WORDS = words(`
  photo photograph photography photorealistic realistic photographic cinematic film painting oil watercolor watercolour
  render rendered rendering art artwork artstation detailed detail intricate highly high quality masterpiece
  sharp focus bokeh hd uhd 4k 8k octane unreal engine anime manga cartoon comic sketch pencil ink pixel neon glowing
  pastel flat vector minimalist minimal abstract surreal concept digital 3d lowpoly low poly retro vintage studio
  lighting dramatic soft epic aesthetic trending professional close closeup macro wide shot view portrait landscape`);

/** What people call things, where the drawings' own names and keywords do not lead there. */
export const SYNONYMS: Record<string, readonly string[]> = {
  apple: ['red-apple'],
  ball: ['soccer-ball', 'basketball'],
  bear: ['bear'],
  bike: ['bicycle'],
  boat: ['sailboat', 'speedboat', 'canoe'],
  book: ['closed-book', 'blue-book', 'green-book', 'orange-book'],
  burger: ['hamburger'],
  bunny: ['rabbit', 'rabbit-face'],
  cake: ['birthday-cake', 'shortcake'],
  car: ['automobile', 'sport-utility-vehicle'],
  cheese: ['cheese-wedge'],
  clock: ['alarm-clock', 'mantelpiece-clock'],
  coffee: ['hot-beverage'],
  computer: ['laptop', 'desktop-computer'],
  corn: ['ear-of-corn'],
  cup: ['hot-beverage', 'teacup-without-handle'],
  diamond: ['gem-stone'],
  dinosaur: ['t-rex', 'sauropod'],
  doctor: ['health-worker'],
  drink: ['tropical-drink', 'cocktail-glass'],
  elf: ['man-elf', 'woman-elf'],
  fairy: ['woman-fairy'],
  fish: ['fish', 'tropical-fish'],
  flower: ['sunflower', 'tulip', 'hibiscus', 'blossom'],
  fries: ['french-fries'],
  genie: ['man-genie'],
  hat: ['top-hat', 'womans-hat'],
  heart: ['red-heart'],
  king: ['prince'],
  lamp: ['light-bulb', 'diya-lamp'],
  ladybug: ['lady-beetle'],
  milk: ['glass-of-milk'],
  moon: ['crescent-moon', 'full-moon'],
  motorbike: ['motorcycle'],
  orange: ['tangerine'],
  phone: ['mobile-phone', 'telephone'],
  plane: ['airplane'],
  planet: ['ringed-planet'],
  pumpkin: ['jack-o-lantern'],
  queen: ['princess'],
  rice: ['cooked-rice'],
  santa: ['santa-claus'],
  shoe: ['running-shoe', 'mans-shoe'],
  spaceship: ['flying-saucer', 'rocket'],
  superhero: ['man-superhero', 'woman-superhero'],
  tea: ['teacup-without-handle', 'teapot'],
  tree: ['deciduous-tree', 'evergreen-tree'],
  truck: ['delivery-truck', 'articulated-lorry'],
  tv: ['television'],
  ufo: ['flying-saucer'],
  vampire: ['man-vampire', 'woman-vampire'],
  vase: ['amphora'],
  watch: ['watch'],
  wine: ['wine-glass'],
  witch: ['woman-mage'],
  wizard: ['man-mage'],
  zombie: ['man-zombie', 'woman-zombie'],
};
