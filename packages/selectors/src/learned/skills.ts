const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/**
 * Skills that a prompt may ask of a model, each with the words that show it: the axes of text-to-image benchmarks
 * (objects, counts, colours, relations, lettering, logic, …). Labels tell what a picture shows; skills tell how hard
 * it is.
 */
export const SKILLS: readonly (readonly string[])[] = [
  // How many.
  words(`two three four five six seven eight nine ten eleven twelve dozen several many multiple pair
    couple trio few numerous group crowd both`),
  // Colours.
  words(`red green blue yellow orange purple pink brown black white grey gray golden gold silver cyan
    magenta teal turquoise violet crimson scarlet beige colorful colourful rainbow pastel
    multicolored monochrome tan maroon navy lavender`),
  // Shapes.
  words(`square round oval circular cubic triangular rectangular spherical conical cylindrical
    pyramidal oblong diamond teardrop pentagonal hexagonal circle triangle sphere cube cone
    pyramid rectangle curved spiral flat`),
  // Sizes.
  words(`big small tall short long large tiny huge giant little massive enormous narrow wide thin
    thick miniature towering tallest largest smallest`),
  // Materials and textures.
  words(`leather wooden metallic glass rubber plastic fabric fluffy stone metal wood furry silk
    velvet ceramic marble concrete paper brick steel iron cotton woolen wool knitted crystal
    porcelain bronze copper clay denim lace soft smooth rough shiny glossy texture textured`),
  // Places relative to each other.
  words(`left right above below under over beside behind front between near next top bottom inside
    outside middle center corner underneath beneath atop side background foreground surrounded
    opposite across against`),
  // What somebody does.
  words(`playing riding running jumping eating drinking reading writing cooking dancing swimming
    flying driving fighting holding carrying throwing catching kicking climbing sleeping walking
    painting chasing building cutting pulling pushing watching hugging kissing feeding washing
    fishing shooting repairing serving performing pouring pointing`),
  // Feelings.
  words(`happy sad angry joy joyful smile smiles smiling laugh laughs laughing cry crying tears
    surprise surprised fear fearful scared anxious worried disgust disgusted excited excitement
    calm peaceful proud lonely frustrated frustration love grief delight delighted shocked tired
    confused emotion emotions expression despair nervous`),
  // Faces.
  words(`face facial eyes eye eyebrows nose mouth lips cheeks cheek chin forehead beard mustache hair
    skin ears bangs wrinkles freckles makeup lipstick bald haired hairstyle hairs`),
  // Bodies.
  words(`hand hands arm arms leg legs finger fingers feet foot head shoulders shoulder body back
    chest knees neck`),
  // Clothes.
  words(`wearing wears dressed dress shirt suit coat jacket hat cap glasses shoes boots gloves scarf
    uniform skirt jeans pants hoodie sweater tie necklace earrings jewelry clothes robe helmet
    costume armor outfit`),
  // Camera and angle.
  words(`view angle closeup overhead aerial bird worm level low high side profile panoramic macro
    perspective shot seen viewed above top down isometric fisheye distant closeup`),
  // Light and time of day.
  words(`light lights sunlight moonlight shadow shadows sunset sunrise dawn dusk night midnight noon
    morning evening afternoon twilight glow glowing bright dark dim lit illuminated illuminating
    candlelight neon golden hour shining lamp`),
  // Weather and season.
  words(`rain raining rainy snow snowy snowing storm stormy fog foggy mist misty wind windy cloud
    clouds cloudy sunny lightning thunder autumn winter summer spring`),
  // Styles and media.
  words(`style painting oil watercolor sketch drawing cartoon anime illustration pixel art pop cubist
    cubism impressionist impressionism surreal abstract vintage retro minimalist baroque gothic
    cyberpunk steampunk manga comic 3d render digital sculpture ink pencil charcoal mosaic
    graffiti ukiyo gogh picasso monet realistic photorealistic cinematic`),
  // Text in the picture.
  words(`text word words letters sign reads reading says saying written writing titled title label
    labeled slogan inscription spelled font number printed phrase logo message caption`),
  // What is not there.
  words(`no not without never none isn't aren't doesn't don't nobody nothing neither nor except
    missing empty`),
  // Comparisons.
  words(`more less fewer than taller shorter larger smaller bigger longer higher lower older younger
    faster same different similar while whereas other another but unlike`),
  // All or none.
  words(`all every each everyone everything only any both entire whole`),
  // People.
  words(`man woman boy girl person people child children baby men women lady player student teacher
    doctor chef worker soldier couple family friends mother father grandmother musician artist
    dancer nurse athlete farmer king queen`),
  // Animals.
  words(`cat dog bird horse sheep cow elephant bear zebra giraffe lion tiger fish rabbit fox wolf
    monkey panda mouse butterfly bee owl eagle duck chicken pig deer dolphin whale shark turtle
    snake frog dragon penguin kitten puppy cats dogs birds horses`),
  // Food.
  words(`apple banana orange bread cake pizza sandwich broccoli carrot donut coffee tea wine beer
    fruit vegetable soup salad cheese chocolate egg burger meat rice pasta cookie hot`),
  // Vehicles.
  words(`car bus train truck bicycle motorcycle airplane plane boat ship van taxi helicopter
    spaceship rocket bike`),
  // Things at home.
  words(`chair table bed couch sofa desk lamp clock vase book cup bowl fork knife spoon bottle
    television tv laptop keyboard phone refrigerator oven toaster sink toilet microwave scissors
    umbrella backpack suitcase handbag bench teddy toothbrush`),
  // Nature.
  words(`tree trees forest mountain mountains river lake sea ocean beach field flower flowers grass
    sky garden waterfall island desert valley jungle meadow leaf leaves rock rocks sand`),
  // Places.
  words(`city street building house castle room kitchen bridge church temple tower town village park
    shop market station restaurant cafe school office museum library road square stadium`),
  // What does not exist.
  words(`magic magical dragon fairy wizard unicorn alien robot floating flying giant talking
    futuristic mythical enchanted ghost monster castle planet space galaxy astronaut underwater
    superhero mermaid dinosaur dream dreamlike made hosting tiny`),
  // Knowledge of the world.
  words(`famous national traditional ancient festival symbol landmark history historic chinese
    japanese american french italian british egyptian indian greek roman world country capital
    culture religious`),
];
