/**
 * The expected score of the picture that is kept when pictures of these scores are compared in turn, the winner with
 * the next, by a judge who finds the better of two with chance `accuracy` (1: always).
 */
export function expectedWinner(scores: readonly number[], accuracy: number): number {
  const [first, ...others] = scores;
  let chances = [{ score: first!, chance: 1 }];
  for (const score of others) {
    const takesOver = (held: number) => (score > held ? accuracy : 1 - accuracy);
    const won = chances.reduce((sum, held) => sum + held.chance * takesOver(held.score), 0);
    chances = [
      ...chances.map((held) => ({ ...held, chance: held.chance * (1 - takesOver(held.score)) })),
      { score, chance: won },
    ];
  }
  return chances.reduce((sum, { score, chance }) => sum + score * chance, 0);
}
