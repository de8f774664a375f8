const SHOWN = 3;

/**
 * The names most like one that was not found, nearest first: those within a third of its length in
 * edits, and those that hold it or are held by it.
 */
export function nearNames(wanted: string, names: Iterable<string>): string[] {
  const needle = wanted.slice(0, 100).toLowerCase();
  const scored: { name: string; distance: number }[] = [];
  for (const name of names) {
    const candidate = name.toLowerCase();
    const holds = needle.length > 2 && (candidate.includes(needle) || needle.includes(candidate));
    const distance = editDistance(needle, candidate);
    if (holds || distance <= Math.max(1, needle.length / 3)) scored.push({ name, distance });
  }
  return scored
    .toSorted((one, other) => one.distance - other.distance || (one.name < other.name ? -1 : 1))
    .slice(0, SHOWN)
    .map(({ name }) => name);
}

/** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment; Damerau 1964). */
function editDistance(one: string, other: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const substitution = (previous[column - 1] ?? 0) + (one[row - 1] === other[column - 1] ? 0 : 1);
      const swapped = column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      const swap = swapped ? (beforePrevious[column - 2] ?? Infinity) + 1 : Infinity;
      current.push(Math.min(substitution, swap, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[other.length] ?? 0;
}
