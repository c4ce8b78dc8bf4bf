/** Labels that come with another, and what share of its weight they get. */
export const IMPLIED: { readonly [label: string]: { readonly [implied: string]: number } } = {
  cyberpunk: { 'sci-fi': 0.8, urban: 0.6 },
  steampunk: { fantasy: 0.5, 'sci-fi': 0.6 },
  anime: { 'digital-art': 0.7 },
  landscape: { nature: 0.6 },
  wildlife: { nature: 0.6 },
  underwater: { nature: 0.6 },
  portrait: { people: 0.6 },
  'style:pixel-art': { 'digital-art': 1 },
  'style:sketch': { 'digital-art': 0.7 },
  'style:flat': { 'digital-art': 0.7 },
};
