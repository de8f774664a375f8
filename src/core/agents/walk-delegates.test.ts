import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { walkDelegates } from './walk-delegates.ts';

/** A look-up over a fixed graph that counts how often it is asked. */
function graph(edges: Readonly<Record<string, readonly string[]>>) {
  const asked: (readonly string[])[] = [];
  const delegatesOf = (names: readonly string[]) => {
    asked.push(names);
    const found = names.flatMap((name) => (Object.hasOwn(edges, name) ? [[name, edges[name] ?? []] as const] : []));
    return Promise.resolve(new Map(found));
  };
  return { asked, delegatesOf };
}

describe('the walk along delegates', () => {
  it('finds a circle and names all of it', async () => {
    const { delegatesOf } = graph({ b: ['c'], c: ['d', 'a'], d: [] });
    expect(await walkDelegates({ name: 'a', delegates: ['b'] }, delegatesOf)).toEqual({
      cycle: ['a', 'b', 'c', 'a'],
      missing: [],
    });
  });

  it('finds an agent that delegates to itself without asking', async () => {
    const { asked, delegatesOf } = graph({});
    const { cycle } = await walkDelegates({ name: 'a', delegates: ['b', 'a'] }, delegatesOf);
    expect([cycle, asked]).toEqual([['a', 'a'], []]);
  });

  it('names the delegates that are not there, and only its own', async () => {
    const { delegatesOf } = graph({ b: ['gone'] });
    const walk = await walkDelegates({ name: 'a', delegates: ['b', 'nobody'] }, delegatesOf);
    expect(walk).toEqual({ missing: ['nobody'] });
  });

  it('ends where others go in a circle, asking once a level', async () => {
    const { asked, delegatesOf } = graph({ b: ['c', 'd'], c: ['b'], d: ['c'] });
    expect(await walkDelegates({ name: 'a', delegates: ['b'] }, delegatesOf)).toEqual({ missing: [] });
    expect(asked).toEqual([['b'], ['c', 'd']]);
  });

  it('finds a circle in any graph exactly where there is one', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const anyGraph = fc.record(Object.fromEntries(names.map((name) => [name, fc.subarray(names)])));
    await fc.assert(
      fc.asyncProperty(anyGraph, async (edges) => {
        const { delegatesOf } = graph(edges);
        const { cycle } = await walkDelegates({ name: 'a', delegates: edges['a'] ?? [] }, delegatesOf);
        expect(cycle !== undefined).toBe(reaches(edges, 'a'));
        for (const [index, name] of (cycle ?? []).slice(1).entries()) {
          expect(edges[cycle?.[index] ?? '']).toContain(name);
        }
      }),
    );
  });
});

/** Whether one comes back to where one began, by closing the relation step by step (Warshall's way). */
function reaches(edges: Readonly<Record<string, readonly string[]>>, start: string): boolean {
  const reached = new Set<string>(edges[start]);
  for (let size = -1; size !== reached.size;) {
    size = reached.size;
    for (const name of reached) for (const next of edges[name] ?? []) reached.add(next);
  }
  return reached.has(start);
}
