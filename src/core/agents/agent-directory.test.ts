import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { DEFAULT_TENANT } from '../../kernel/ids.ts';
import { createAgentDirectory } from './agent-directory.ts';
import type { AgentLookup, AgentRecord } from './agent-queries.ts';
import { DefinitionCache } from './definition-cache.ts';
import { defineAgent } from './parse-agent.ts';

const AT = new Date(0);
const librarian: AgentRecord = {
  name: 'librarian',
  version: 3,
  status: 'enabled',
  aliases: { live: 2, canary: 3 },
  revision: 5,
  createdAt: AT,
  updatedAt: AT,
};

/** A registry of one agent, which counts how often definitions are read. */
function registry(agent: AgentRecord = librarian) {
  const reads: string[] = [];
  const lookup: AgentLookup = {
    find: async (_tenant, name) => (name === agent.name ? agent : undefined),
    definition: async (_tenant, { name, version }) => {
      reads.push(`${name}@${version}`);
      const known = name === agent.name && version <= agent.version;
      return known ? defineAgent({ name, description: `version ${version}` }) : undefined;
    },
    names: async () => [agent.name],
    delegatesOf: async () => new Map(),
    delegatorsOf: async () => [],
  };
  return { lookup, reads };
}

describe('the directory of agents', () => {
  it.each([
    ['librarian', 2],
    ['librarian@live', 2],
    ['librarian@canary', 3],
    ['librarian@1', 1],
    ['librarian@003', 3],
  ])('finds %s at version %i', async (reference, version) => {
    const { lookup } = registry();
    const resolved = await createAgentDirectory({ lookup }).resolve(DEFAULT_TENANT, reference);
    const definition = defineAgent({ name: 'librarian', description: `version ${version}` });
    expect(resolved).toEqual({ name: 'librarian', version, status: 'enabled', definition });
  });

  it('finds a disabled agent, and says so', async () => {
    const { lookup } = registry({ ...librarian, status: 'disabled' });
    expect(await createAgentDirectory({ lookup }).resolve(DEFAULT_TENANT, 'librarian')).toMatchObject({
      status: 'disabled',
    });
  });

  it.each(['librarain', '', '@live', 'The Librarian', 'x\0', 'x'.repeat(10_000)])(
    'knows no agent by %j',
    async (name) => {
      const { lookup } = registry();
      const work = createAgentDirectory({ lookup }).resolve(DEFAULT_TENANT, name);
      await expect(work).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' });
    },
  );

  it('names the agents that are near to one it does not know', async () => {
    const { lookup } = registry();
    const work = createAgentDirectory({ lookup }).resolve(DEFAULT_TENANT, 'librarain@2');
    await expect(work).rejects.toThrow('did you mean librarian?');
  });

  it.each(['0', '4', '99999999999', '9'.repeat(40), 'canry', '', '1.5', '-1', '1@live', 'constructor'])(
    'knows no librarian@%s, and names the aliases there are',
    async (wanted) => {
      const { lookup, reads } = registry();
      const work = createAgentDirectory({ lookup }).resolve(DEFAULT_TENANT, `librarian@${wanted}`);
      await expect(work).rejects.toMatchObject({
        code: 'AGENT_VERSION_NOT_FOUND',
        message: expect.stringContaining('versions 1 to 3 and the aliases live, canary'),
        details: { agent: 'librarian', newestVersion: 3, aliases: ['live', 'canary'] },
      });
      expect(reads).toEqual([]);
    },
  );

  it('reads what a name means each time, and a version once', async () => {
    const { lookup, reads } = registry();
    let agent = librarian;
    const directory = createAgentDirectory({ lookup: { ...lookup, find: async () => agent } });
    expect(await directory.resolve(DEFAULT_TENANT, 'librarian')).toMatchObject({ version: 2 });
    agent = { ...librarian, aliases: { live: 3 } };
    expect(await directory.resolve(DEFAULT_TENANT, 'librarian')).toMatchObject({ version: 3 });
    await directory.version(DEFAULT_TENANT, 'librarian', 2);
    await directory.version(DEFAULT_TENANT, 'librarian', 3);
    expect(reads).toEqual(['librarian@2', 'librarian@3']);
  });

  it('keeps the versions of one tenant from another', async () => {
    const { lookup, reads } = registry();
    const directory = createAgentDirectory({ lookup });
    await directory.version(DEFAULT_TENANT, 'librarian', 1);
    await directory.version('other' as typeof DEFAULT_TENANT, 'librarian', 1);
    expect(reads).toHaveLength(2);
  });

  it('knows no version that never was, and asks again', async () => {
    const { lookup, reads } = registry();
    const directory = createAgentDirectory({ lookup });
    for (let time = 0; time < 2; time += 1) {
      await expect(directory.version(DEFAULT_TENANT, 'librarian', 9)).rejects.toMatchObject({
        code: 'AGENT_VERSION_NOT_FOUND',
      });
    }
    expect(reads).toHaveLength(2);
  });
});

const sized = (characters: number) => defineAgent({ name: 'a', instructions: 'x'.repeat(characters) });
const overhead = JSON.stringify(sized(0)).length + 1;

describe('the cache of definitions', () => {
  it('drops what was used longest ago', () => {
    const cache = new DefinitionCache(2 * overhead + 20);
    cache.set('a', sized(10));
    cache.set('b', sized(10));
    cache.get('a');
    cache.set('c', sized(10));
    expect(['a', 'b', 'c'].map((key) => cache.get(key) !== undefined)).toEqual([true, false, true]);
  });

  it('keeps nothing that is larger than all of it', () => {
    const cache = new DefinitionCache(overhead);
    cache.set('a', sized(1));
    expect(cache.get('a')).toBeUndefined();
    cache.set('b', sized(0));
    expect(cache.get('b')).toEqual(sized(0));
  });

  it('never holds more characters than it may, nor another definition than was put there', () => {
    const steps = fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), characters: fc.nat({ max: 50 }) }));
    fc.assert(
      fc.property(steps, fc.nat({ max: 100 }), (puts, room) => {
        const most = 2 * overhead + room;
        const cache = new DefinitionCache(most);
        const latest = new Map<string, number>();
        for (const { key, characters } of puts) {
          cache.set(key, sized(characters));
          latest.set(key, characters);
          let held = 0;
          for (const [known, size] of latest) {
            const found = cache.get(known);
            if (found === undefined) continue;
            expect(found.instructions).toHaveLength(size);
            held += overhead + size;
          }
          expect(held).toBeLessThanOrEqual(most);
        }
      }),
    );
  });
});
