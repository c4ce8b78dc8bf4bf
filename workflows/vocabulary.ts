/** The tags of this library; a host's own flows may use others. */
export const TAGS = [
  ...['people', 'photo-realistic', 'photo-artistic', 'fantasy', 'sci-fi', 'horror', 'anime'],
  ...['abstract', 'surreal', 'cyberpunk', 'steampunk', 'gothic', 'digital-art', 'portrait'],
  ...['nature', 'landscape', 'wildlife', 'urban', 'cosmic', 'underwater'],
  ...['general', 'single-object', 'two-objects', 'counting', 'fast', 'high-detail'],
  'text-rendering',
  ...['style:pixel-art', 'style:sketch', 'style:flat', 'style:ink', 'style:pastel', 'style:neon'],
  ...['category:animals', 'category:food', 'category:vehicles'],
];
