/**
 * What the name of an input says of what comes in. Thousands of community nodes are written by the same few
 * conventions, so names tell what no list of classes could; nothing here knows a class.
 */

/** What a sampler is led to, or away from. */
export type Side = 'positive' | 'negative';

/** `positivePrompt` and `Positive-Prompt` as `positive_prompt`. */
const snake = (name: string): string =>
  name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1_$2')
    .replaceAll(/[^\p{L}\p{N}]+/gu, '_')
    .toLowerCase();

const named =
  (pattern: RegExp) =>
  (name: string): boolean =>
    pattern.test(snake(name));

const isPositive = named(/(^|_)pos(itive)?(_|\d|$)/);
const isNegative = named(/(^|_)(neg(ative)?|uncond(ition(ing|al))?)(_|\d|$)/);

/** The side that an input is for; none for one that serves both. */
export function sideOf(name: string): Side | undefined {
  if (isNegative(name)) return 'negative';
  return isPositive(name) ? 'positive' : undefined;
}

/** Conditionings, also as the embeddings of video packs. */
export const isConditioning = named(/(^|_)cond(?!ition$)|conditioning|embed/);
/** Several things in one link: a pipe, a context, a guider, the embeddings of video packs. */
export const isBundle = named(/pipe|guider|embed|(^|_)(ctx|context|bus)(_?\d+)?$/);
/** Words for a text encoder. */
export const isText = named(
  /text|prompt|string|caption|wildcard|populated|^(tags?|value|body|bert|words?)$|t5|llama|qwen|clip_[lgh]$|prepend|append|prefix|suffix|descri|content/,
);
/** Strings that steer a node and are told to no text encoder. */
export const isSetting = named(
  /delim|separat|find|replac|regex|pattern|(^|_)(old|new|key|negate)(_|$)|font|colou?r|mode|type|file|path|model|name|system|instruct|preset|lora|format|token|normali|interpret|weight|method|select|menu|title|expression|lang|device|schedul|sampler|option|version|rotat|url|exclude|align|direction|compar|mask|(^|_)use(_|$)/,
);
/** Links that carry neither texts nor conditionings. */
export const isOtherLink = named(
  /model|(^|_)clip(?!_[lgh]$)|vae|image|pixels|latent|samples|mask|control|lora|seed|noise|sigmas|sampler|width|height|batch|steps|cfg|denoise|strength|weight|guidance|fps|frame|audio|video|encoder|enhancer|font|empty/,
);
/** Pictures that a node looks at. */
export const isPicture = named(/image|pixels|video/);
/** Links that no latent comes through. */
export const isNoLatent = named(
  /model|(^|_)clip|vae|control|noise|sampler|sigmas|guider|mask|pos|neg|cond|text|prompt|seed|lora/,
);
/** Texts that go around the one that tells what to draw. */
export const isMinor = named(
  /prepend|append|prefix|suffix|style|quality|trigger|lora|system|instruct/,
);
/** The same text for one of several text encoders: `clip_l`, `t5xxl`. */
export const isEncoderText = named(/(^|_)[lgh]$|t5|bert|llama|qwen/);
export const isSeed = named(/(^|_)seed$/);
