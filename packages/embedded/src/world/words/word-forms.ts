const IRREGULAR: Record<string, string> = {
  children: 'child',
  feet: 'foot',
  geese: 'goose',
  knives: 'knife',
  leaves: 'leaf',
  men: 'man',
  mice: 'mouse',
  oxen: 'ox',
  people: 'person',
  teeth: 'tooth',
  wolves: 'wolf',
  women: 'woman',
};

/** The word, then what it may be the plural of. */
export function* wordForms(word: string): Generator<string> {
  yield word;
  const irregular = IRREGULAR[word];
  if (irregular !== undefined && Object.hasOwn(IRREGULAR, word)) yield irregular;
  if (!word.endsWith('s') || word.length < 4) return;
  if (word.endsWith('ies')) yield `${word.slice(0, -3)}y`;
  if (word.endsWith('es')) yield word.slice(0, -2);
  yield word.slice(0, -1);
}
