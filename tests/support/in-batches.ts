/** The items cut up into batches of these sizes, over and over. */
export function inBatches<Item>(items: readonly Item[], sizes: readonly number[]): Item[][] {
  const batches: Item[][] = [];
  let from = 0;
  while (from < items.length) {
    const size = sizes[batches.length % sizes.length] ?? 1;
    batches.push(items.slice(from, from + size));
    from += size;
  }
  return batches;
}
