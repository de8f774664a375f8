/** To whom the agents of these names delegate; one that there is no agent of is left out. */
export type DelegatesOf = (names: readonly string[]) => Promise<ReadonlyMap<string, readonly string[]>>;

export interface DelegateWalk {
  /** The shortest way back to the agent it began at, that agent at both ends. */
  readonly cycle?: readonly string[];
  /** Its own delegates that there are no agents of. */
  readonly missing: readonly string[];
}

/**
 * Follows an agent's delegates level by level (breadth-first search: one look-up a level, however
 * many agents there are beside).
 */
export async function walkDelegates(
  start: { readonly name: string; readonly delegates: readonly string[] },
  delegatesOf: DelegatesOf,
): Promise<DelegateWalk> {
  const cameFrom = new Map<string, string>(start.delegates.map((delegate) => [delegate, start.name]));
  if (cameFrom.has(start.name)) return { cycle: [start.name, start.name], missing: [] };
  let missing: string[] | undefined;
  let level = [...start.delegates];
  while (level.length > 0) {
    const found = await delegatesOf(level);
    missing ??= level.filter((name) => !found.has(name));
    const next: string[] = [];
    const edges = [...found].flatMap(([name, delegates]) => delegates.map((delegate) => ({ name, delegate })));
    for (const { name, delegate } of edges) {
      if (delegate === start.name) return { cycle: [...pathTo(name, cameFrom), start.name], missing };
      if (cameFrom.has(delegate)) continue;
      cameFrom.set(delegate, name);
      next.push(delegate);
    }
    level = next;
  }
  return { missing: missing ?? [] };
}

function pathTo(name: string, cameFrom: ReadonlyMap<string, string>): string[] {
  const path = [name];
  for (let before = cameFrom.get(name); before !== undefined; before = cameFrom.get(before)) path.unshift(before);
  return path;
}
