import { type AgentDefinitionInput, agentListSchema, agentVersionListSchema } from '#contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type AgentRegistry, openAgentRegistry } from '../../../tests/support/agent-registry.ts';
import { type CallContext, systemContext } from '../../kernel/call-context.ts';
import { encodeCursor } from '../../kernel/cursor.ts';
import type { TenantId } from '../../kernel/ids.ts';
import type { ListAgentsQuery } from '#contract';
import { agentsProjection, defineAgent } from './index.ts';

let registry: AgentRegistry;
const context = systemContext();
const stranger = systemContext({ tenantId: 'stranger' as TenantId });
const create = async (definition: AgentDefinitionInput, by: CallContext = context) =>
  registry.service.create(by, defineAgent(definition));

beforeAll(async () => {
  registry = await openAgentRegistry();
  await create({ name: 'librarian', description: 'Answers from Documents', tags: ['sample', 'a_b'] });
  await create({ name: 'clerk', instructions: 'Write LETTERS,\nnever more than 100% sure.', capabilities: ['write'] });
  await create({ name: 'painter', description: 'Malt Übermut \\o/', tags: ['aXb'], capabilities: ['write', 'paint'] });
  await create({ name: 'writer_2' });
  await create({ name: 'hidden', description: 'documents', tags: ['sample'] }, stranger);
  await registry.service.update(context, {
    name: 'writer_2',
    definition: defineAgent({ name: 'writer_2', description: 'newest' }),
  });
  await registry.service.setAlias(context, { name: 'writer_2', alias: 'old', version: 1 });
});
afterAll(async () => registry.close());

const list = async (query: Partial<ListAgentsQuery>) => registry.queries.list(context, { limit: 50, ...query });
const names = async (query: Partial<ListAgentsQuery>) => (await list(query)).items.map(({ name }) => name);

describe('the list of agents', () => {
  // requirement: R-AGENT-SEARCH
  it('holds those of the tenant by name, as the contract says', async () => {
    const page = await list({});
    agentListSchema.parse(page);
    expect(page.items.map(({ name }) => name)).toEqual(['clerk', 'librarian', 'painter', 'writer_2']);
    expect(page.items[3]).toMatchObject({ version: 2, description: 'newest', aliases: { live: 2, old: 1 } });
    expect(page).not.toHaveProperty('nextCursor');
  });

  it.each<[Partial<ListAgentsQuery>, string[]]>([
    [{ name: 'r' }, ['clerk', 'librarian', 'painter', 'writer_2']],
    [{ name: 'Libra' }, ['librarian']],
    [{ name: '_' }, ['writer_2']],
    [{ name: '%' }, []],
    [{ tag: 'sample' }, ['librarian']],
    [{ tag: 'a_b' }, ['librarian']],
    [{ tag: 'a%b' }, []],
    [{ capability: 'write' }, ['clerk', 'painter']],
    [{ capability: 'WRITE' }, []],
    [{ capability: 'write', tag: 'aXb' }, ['painter']],
    [{ text: 'documents' }, ['librarian']],
    [{ text: '  from   LIBRARIAN documents' }, ['librarian']],
    [{ text: 'from letters' }, []],
    [{ text: 'write letters' }, ['clerk']],
    [{ text: '100%' }, ['clerk']],
    [{ text: '100_' }, []],
    [{ text: '%' }, ['clerk']],
    [{ text: '_' }, ['writer_2']],
    [{ text: '\\' }, ['painter']],
    [{ text: '\\o/' }, ['painter']],
    [{ text: 'übermut' }, ['painter']],
    [{ text: "'; DROP TABLE agents; --" }, []],
    [{ text: 'documents\0' }, []],
    [{ name: '\0' }, []],
    [{ tag: '\0' }, []],
    [{ capability: '\ud800' }, []],
    [{ text: ' ' }, ['clerk', 'librarian', 'painter', 'writer_2']],
    [{ text: 'newest' }, ['writer_2']],
  ])('finds by %o', async (query, expected) => {
    expect(await names(query)).toEqual(expected);
  });

  it('is paged without a gap or a double, also while agents come and go', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list({ limit: 1, cursor });
      seen.push(...page.items.map(({ name }) => name));
      cursor = page.nextCursor;
      if (seen.length === 2) await create({ name: 'beginner' });
      if (seen.length === 3) await registry.service.delete(context, { name: 'beginner' });
    } while (cursor !== undefined);
    expect(seen).toEqual(['clerk', 'librarian', 'painter', 'writer_2']);
  });

  it('ends a page that is just full without a cursor', async () => {
    expect(await list({ limit: 4 })).not.toHaveProperty('nextCursor');
    expect(await list({ limit: 3 })).toHaveProperty('nextCursor');
  });

  it.each(['x', '%', encodeCursor({ version: 3 }), encodeCursor({ agent: 'a\0' }), encodeCursor({ agent: 1 })])(
    'refuses the cursor %s',
    async (cursor) => {
      await expect(list({ cursor })).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
    },
  );
});

describe('the versions of an agent', () => {
  it('are listed newest first, page by page, with the aliases that point there', async () => {
    const first = await registry.queries.versions(context, 'writer_2', { limit: 1 });
    agentVersionListSchema.parse(first);
    expect(first.items).toMatchObject([
      { version: 2, aliases: ['live'], hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
    const { nextCursor: cursor = '' } = first;
    const second = await registry.queries.versions(context, 'writer_2', { limit: 1, cursor });
    expect(second).toMatchObject({ items: [{ version: 1, aliases: ['old'] }] });
    expect(second).not.toHaveProperty('nextCursor');
    const wrong = registry.queries.versions(context, 'writer_2', { limit: 1, cursor: encodeCursor({ agent: 'a' }) });
    await expect(wrong).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
  });

  it.each([0, -1, 3, 2 ** 31, 2 ** 53])('do not count %d', async (version) => {
    await expect(registry.queries.version(context, 'writer_2', version)).rejects.toMatchObject({
      code: 'AGENT_VERSION_NOT_FOUND',
    });
  });

  it.each(['hidden', 'nobody', 'a\0'])('are not shown of %j', async (name) => {
    const code = 'AGENT_NOT_FOUND';
    await expect(registry.queries.get(context, name)).rejects.toMatchObject({ code });
    await expect(registry.queries.versions(context, name, { limit: 1 })).rejects.toMatchObject({ code });
    await expect(registry.queries.version(context, name, 1)).rejects.toMatchObject({ code });
  });
});

describe('the projection', () => {
  it('makes the same rows of the log read from its start', async () => {
    const { database, store, service } = registry;
    await service.disable(context, { name: 'painter' });
    await service.setAlias(context, { name: 'painter', alias: 'live', version: 1 });
    await service.setAlias(context, { name: 'painter', alias: 'x', version: 1 });
    await service.deleteAlias(context, { name: 'painter', alias: 'x' });
    await service.update(context, { name: 'painter', definition: defineAgent({ name: 'painter', tags: ['new'] }) });
    await create({ name: 'again', instructions: 'x'.repeat(200_000) });
    await service.delete(context, { name: 'again' });
    await create({ name: 'again' });
    const rows = async () =>
      Promise.all(
        agentsProjection.tables.map(async (table) => {
          const found = await database.pool.query(`SELECT * FROM ${table} ORDER BY tenant_id, name, version`);
          return found.rows as object[];
        }),
      );
    const live = await rows();
    await database.pool.query(`TRUNCATE ${agentsProjection.tables.join(', ')}`);
    const events = await store.readAll({ after: 0n, limit: 1_000 });
    const handled = events.filter((event) => agentsProjection.handles.includes(event.type));
    expect(handled).toHaveLength(events.length);
    for (const statement of agentsProjection.project(handled)) {
      await database.pool.query({ ...statement, values: [...statement.values] });
    }
    expect(live.flat().length).toBeGreaterThan(10);
    expect(await rows()).toEqual(live);
  });
});
