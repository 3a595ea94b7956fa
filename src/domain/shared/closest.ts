/**
 * Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours each cost one
 * (Damerau 1964, https://doi.org/10.1145/363958.363994). O(|a|·|b|) time, three rows of memory.
 */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (before[j - 2] ?? Infinity) + 1 : Infinity;
      next.push(Math.min(substituted, swapped, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    [before, row] = [row, next];
  }
  return row[b.length] ?? 0;
}

/** The known name that a misspelt one probably means (at most two edits away, one for short names), if any. */
export function closest(name: string, known: readonly string[]): string | undefined {
  if (name.length > 40) return undefined;
  const limit = name.length <= 4 ? 1 : 2;
  const ranked = known
    .map((candidate) => ({ candidate, edits: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter((c) => c.edits <= limit)
    .sort((a, b) => a.edits - b.edits);
  return ranked[0]?.candidate;
}
