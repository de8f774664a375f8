/** An end of a search: how far both sequences were consumed, and by which path. */
interface Reached {
  readonly x: number;
  readonly y: number;
  /** For each number of edits, how far along every diagonal one came; the middle is diagonal 0. */
  readonly trace: readonly Int32Array[];
}

/** More edits than this in one search cost more time (their square) than a shorter answer is worth. */
const MOST_EDITS = 128;

/**
 * Which items of one sequence are kept in another: for each of `before`, its place in `after`, or
 * -1; places ascend. As many as possible are kept as long as two sequences differ in 128 items at
 * most that both hold; beyond that a search takes the path that came farthest and the next begins
 * at its end, so that the time grows with the length, not with its square.
 *
 * E. W. Myers, "An O(ND) Difference Algorithm and Its Variations", Algorithmica 1 (1986), the
 * greedy algorithm; items that only one sequence holds are left out before it, as no path keeps them.
 */
export function alignSequences(before: readonly string[], after: readonly string[]): Int32Array {
  const partners = new Int32Array(before.length).fill(-1);
  const [one, other] = sharedItems(before, after);
  let x = 0;
  let y = 0;
  while (x < one.ids.length && y < other.ids.length) {
    const reached = search({ one: one.ids.subarray(x), other: other.ids.subarray(y) });
    for (const kept of keptBy(reached)) {
      for (let index = 0; index < kept.length; index += 1) {
        const place = one.places[x + kept.x + index] ?? 0;
        partners[place] = other.places[y + kept.y + index] ?? -1;
      }
    }
    x += reached.x;
    y += reached.y;
  }
  return partners;
}

interface Items {
  /** Equal numbers for equal items. */
  readonly ids: Int32Array;
  /** Where each stands in its sequence. */
  readonly places: Int32Array;
}

function sharedItems(before: readonly string[], after: readonly string[]): [Items, Items] {
  const held = new Set(after);
  const ids = new Map<string, number>();
  for (const item of before) if (held.has(item) && !ids.has(item)) ids.set(item, ids.size);
  const numbered = (items: readonly string[]): Items => {
    const places = items.flatMap((item, place) => (ids.has(item) ? [place] : []));
    return {
      ids: Int32Array.from(places, (place) => ids.get(items[place] ?? '') ?? -1),
      places: Int32Array.from(places),
    };
  };
  return [numbered(before), numbered(after)];
}

function search({ one, other }: { readonly one: Int32Array; readonly other: Int32Array }): Reached {
  const middle = MOST_EDITS + 1;
  const farthest = new Int32Array(2 * middle + 1);
  const trace: Int32Array[] = [];
  for (let edits = 0; ; edits += 1) {
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const at = middle + diagonal;
      const down = comesDown(farthest, { at, diagonal, edits });
      let x = down ? (farthest[at + 1] ?? 0) : (farthest[at - 1] ?? 0) + 1;
      let y = x - diagonal;
      while (x < one.length && y < other.length && one[x] === other[y]) {
        x += 1;
        y += 1;
      }
      farthest[at] = x;
      if (x === one.length && y === other.length) return { x, y, trace };
    }
    if (edits === MOST_EDITS) return { ...bestOf(farthest), trace };
    trace.push(farthest.slice());
  }
}

interface Step {
  readonly at: number;
  readonly diagonal: number;
  readonly edits: number;
}

/** Whether the farthest way to a diagonal is an item added (down), not one removed. */
function comesDown(farthest: Int32Array, { at, diagonal, edits }: Step): boolean {
  if (diagonal === -edits) return true;
  return diagonal !== edits && (farthest[at - 1] ?? 0) < (farthest[at + 1] ?? 0);
}

/** Where the most items are behind; a way that left a sequence at its end is no farther than one along it. */
function bestOf(farthest: Int32Array): { readonly x: number; readonly y: number } {
  let best = { x: 0, y: 0 };
  for (let diagonal = -MOST_EDITS; diagonal <= MOST_EDITS; diagonal += 2) {
    const x = farthest[MOST_EDITS + 1 + diagonal] ?? 0;
    const y = x - diagonal;
    if (x + y > best.x + best.y) best = { x, y };
  }
  return best;
}

/** The runs of items kept on the way to where a search ended, the last one first. */
function keptBy({ x: endX, y: endY, trace }: Reached): { x: number; y: number; length: number }[] {
  const runs: { x: number; y: number; length: number }[] = [];
  let x = endX;
  let y = endY;
  for (let edits = trace.length; edits > 0; edits -= 1) {
    const farthest = trace[edits - 1] ?? new Int32Array();
    const diagonal = x - y;
    const at = MOST_EDITS + 1 + diagonal;
    const down = comesDown(farthest, { at, diagonal, edits });
    const beforeX = farthest[down ? at + 1 : at - 1] ?? 0;
    const startX = down ? beforeX : beforeX + 1;
    if (x > startX) runs.push({ x: startX, y: startX - diagonal, length: x - startX });
    x = beforeX;
    y = beforeX - (down ? diagonal + 1 : diagonal - 1);
  }
  if (x > 0) runs.push({ x: 0, y: 0, length: x });
  return runs;
}
