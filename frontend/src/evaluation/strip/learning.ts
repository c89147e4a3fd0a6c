/** When a token was learnt, and forgotten; the definitions are those of `tb_seqviz_plugin/schema/tokens.py`. */

/**
 * Returns the index of the first step at which a token is learnt: its surprisal at most halfway between chance and the least it ever has
 * (Chang and Bergen 2021, section 3.3, who fit a curve before). null where it never is below chance, or chance is not known.
 *
 * Args:
 *     probabilities: of the token at each step, NaN where there is none.
 *     vocabularySize: how many tokens there could be, 0 where that is not known.
 */
export function learntAt(probabilities: ArrayLike<number>, vocabularySize: number): number | null {
  const surprisals = Array.from(probabilities, surprisal);
  const chance = Math.log(vocabularySize);
  const least = surprisals.reduce(
    (one, other) => (Number.isNaN(other) ? one : Math.min(one, other)),
    Number.POSITIVE_INFINITY,
  );
  if (vocabularySize < 2 || !(least < chance)) return null;
  const half = (chance + least) / 2;
  const at = surprisals.findIndex((value) => value <= half);
  return at < 0 ? null : at;
}

/** Returns how often a token had rank 1 at a step and no more at the next (Toneva et al. 2019, section 3). */
export function forgettings(ranks: ArrayLike<number>): number {
  return Array.from(ranks).filter((rank, at, all) => rank > 1 && all[at - 1] === 1).length;
}

/** Returns whether a token had rank 1 at a step before and has no more. */
export function isForgotten(ranks: ArrayLike<number>, at: number): boolean {
  return (ranks[at] ?? 0) > 1 && Array.from(ranks).slice(0, at).includes(1);
}

/** In nats. */
export function surprisal(probability: number): number {
  return -Math.log(probability);
}
