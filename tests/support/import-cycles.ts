/**
 * The groups of nodes that reach each other, each sorted; a node that points at itself is one of one.
 * Tarjan, "Depth-first search and linear graph algorithms", SIAM Journal on Computing 1(2), 1972.
 */
export function cyclesOf(graph: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const search: Search = { graph, visited: new Map(), stack: [], cycles: [] };
  for (const node of graph.keys()) if (!search.visited.has(node)) visit(node, search);
  return search.cycles;
}

interface Search {
  readonly graph: ReadonlyMap<string, readonly string[]>;
  readonly visited: Map<string, { readonly order: number; lowest: number; onStack: boolean }>;
  readonly stack: string[];
  readonly cycles: (readonly string[])[];
}

function visit(node: string, search: Search): { readonly lowest: number } {
  const { graph, visited, stack } = search;
  const state = { order: visited.size, lowest: visited.size, onStack: true };
  visited.set(node, state);
  stack.push(node);
  for (const next of graph.get(node) ?? []) {
    const seen = visited.get(next);
    if (seen === undefined) state.lowest = Math.min(state.lowest, visit(next, search).lowest);
    else if (seen.onStack) state.lowest = Math.min(state.lowest, seen.order);
  }
  if (state.lowest === state.order) closeComponent(node, search);
  return state;
}

function closeComponent(root: string, { graph, visited, stack, cycles }: Search): void {
  const members = stack.splice(stack.lastIndexOf(root));
  for (const member of members) {
    const state = visited.get(member);
    if (state !== undefined) state.onStack = false;
  }
  if (members.length > 1 || graph.get(root)?.includes(root) === true) cycles.push(members.toSorted());
}
