/** Smallest number of insertions, deletions, substitutions and swaps of neighbours between two texts. */
export function editDistance(left: string, right: string): number {
  // Optimal string alignment distance; Damerau, CACM 7(3), 1964. Three rows are enough.
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      current.push(cell({ left, right, row, column, beforeLast, last, current }));
    }
    beforeLast = last;
    last = current;
  }
  return last[right.length] ?? 0;
}

interface Cell {
  readonly left: string;
  readonly right: string;
  readonly row: number;
  readonly column: number;
  readonly beforeLast: readonly number[];
  readonly last: readonly number[];
  readonly current: readonly number[];
}

function cell({ left, right, row, column, beforeLast, last, current }: Cell): number {
  const at = (values: readonly number[], index: number): number => values[index] ?? Number.POSITIVE_INFINITY;
  const same = left[row - 1] === right[column - 1];
  const best = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + (same ? 0 : 1));
  const swapped = row > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
  return swapped ? Math.min(best, at(beforeLast, column - 2) + 1) : best;
}

/**
 * The known names a wrong one was probably meant to be, nearest first: at most `most` within a
 * third of its length (one edit at least), or that contain it or are contained in it.
 */
export function nearNames(wrong: string, known: Iterable<string>, most = 3): string[] {
  const wanted = wrong.slice(0, 128).toLowerCase();
  const allowed = Math.max(1, Math.floor(wanted.length / 3));
  const found: { readonly name: string; readonly distance: number }[] = [];
  for (const name of known) {
    const candidate = name.toLowerCase();
    const contained = wanted.length > 2 && (candidate.includes(wanted) || wanted.includes(candidate));
    const distance = editDistance(wanted, candidate);
    if (distance <= allowed || contained) found.push({ name, distance });
  }
  return found
    .toSorted((left, right) => left.distance - right.distance || (left.name < right.name ? -1 : 1))
    .slice(0, most)
    .map(({ name }) => name);
}
