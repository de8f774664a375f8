import { type AgentDefinitionInput, agentSchema, agentVersionSchema } from '#contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { type AgentRegistry, openAgentRegistry } from '../../../tests/support/agent-registry.ts';
import { systemContext } from '../../kernel/call-context.ts';
import type { TenantId } from '../../kernel/ids.ts';
import { agentStream } from './agent.ts';
import { type AgentQueries, createAgentService, defineAgent } from './index.ts';

let registry: AgentRegistry;
beforeAll(async () => {
  registry = await openAgentRegistry();
});
afterAll(async () => registry.close());

/** Each test has a tenant of its own, and so no agents but its own. */
let context = systemContext();
let tenants = 0;
beforeEach(() => {
  tenants += 1;
  context = systemContext({
    tenantId: `tenant-${tenants}` as TenantId,
    principal: { id: 'key_1', kind: 'key', role: 'developer' },
  });
});

const create = async (definition: AgentDefinitionInput) => registry.service.create(context, defineAgent(definition));
const update = async (definition: AgentDefinitionInput, ifRevision?: number) =>
  registry.service.update(context, { name: definition.name, definition: defineAgent(definition), ifRevision });
const eventsOf = async (name: string) => registry.store.readStream(agentStream(context.tenantId, name));

describe('creating an agent', () => {
  it('answers what is read afterwards, and tells the log who did it for whom', async () => {
    const created = await create({ name: 'a', description: 'd', tags: ['t'], capabilities: ['c'], tools: ['now'] });
    agentSchema.parse(created.view);
    expect(created).toMatchObject({ revision: 1, view: { version: 1, status: 'enabled', aliases: { live: 1 } } });
    expect(await registry.service.get(context, 'a')).toEqual(created);
    expect(await eventsOf('a')).toMatchObject([
      {
        type: 'AgentCreated',
        tenantId: context.tenantId,
        metadata: { actor: 'key_1', correlationId: 'a', traceId: context.traceId },
      },
    ]);
  });

  it('keeps an instruction as long as it may be', async () => {
    const instructions = 'ü'.repeat(262_144);
    await create({ name: 'a', instructions });
    const { definition } = await registry.directory.resolve(context.tenantId, 'a');
    expect(definition.instructions).toBe(instructions);
  });

  it('is refused where the name is taken, also for one of two at once', async () => {
    const outcomes = await Promise.allSettled([create({ name: 'a' }), create({ name: 'a', description: 'other' })]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'AGENT_EXISTS' } });
  });

  it('leaves the agents of other tenants alone', async () => {
    await create({ name: 'a' });
    const other = systemContext({ tenantId: 'another' as TenantId });
    await expect(registry.service.get(other, 'a')).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' });
    await registry.service.create(other, defineAgent({ name: 'a' }));
  });
});

// requirement: R-BAD-NAMES
describe('a definition that does not fit the factory', () => {
  interface Unfit {
    readonly what: string;
    readonly part: Partial<AgentDefinitionInput>;
    readonly code: string;
    readonly path: string;
    readonly message: RegExp;
    readonly details?: object;
  }

  it.each<Unfit>([
    { what: 'an unknown model', part: { model: 'x/y' }, code: 'MODEL_NOT_FOUND', path: 'model', message: /model x\/y/ },
    {
      what: 'an unknown tool',
      part: { tools: ['now', 'nwo'] },
      code: 'TOOL_NOT_FOUND',
      path: 'tools[1]',
      message: /did you mean now\?/,
      details: { tool: 'nwo', near: ['now'] },
    },
    {
      what: 'an unknown strategy',
      part: { strategy: { name: 'raect' } },
      code: 'STRATEGY_NOT_FOUND',
      path: 'strategy.name',
      message: /did you mean react\?/,
      details: { known: ['react'] },
    },
    {
      what: 'a parameter that the strategy refuses',
      part: { strategy: { name: 'react', parameters: { steps: 'x' } } },
      code: 'VALIDATION_FAILED',
      path: 'strategy.parameters.steps',
      message: /expected number/,
    },
    {
      what: 'an unknown delegate',
      part: { delegates: ['nobody'] },
      code: 'AGENT_NOT_FOUND',
      path: 'delegates[0]',
      message: /no agent named "nobody"/,
      details: { agent: 'nobody' },
    },
    {
      what: 'itself as its delegate',
      part: { delegates: ['a'] },
      code: 'DELEGATE_CYCLE',
      path: 'delegates[0]',
      message: /circle: a → a/,
      details: { cycle: ['a', 'a'] },
    },
    {
      what: 'an output schema that is none',
      part: { outputSchema: { type: 'strng' } },
      code: 'VALIDATION_FAILED',
      path: 'outputSchema',
      message: /not a JSON Schema/,
    },
    {
      what: 'an output schema that refers to nowhere',
      part: { outputSchema: { $ref: 'https://example.com/x.json' } },
      code: 'VALIDATION_FAILED',
      path: 'outputSchema',
      message: /reference/,
    },
  ])('is refused: $what', async ({ part, code, path, message, details }) => {
    await expect(create({ name: 'a', ...part })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(`${path} of the agent definition: `),
      details: { ...details, errors: [{ path, message: expect.stringMatching(message) }] },
    });
    expect(await eventsOf('a')).toEqual([]);
  });

  it('is refused by the schema too, whichever door it came through', async () => {
    const instructions = 'x'.repeat(1_048_576);
    const definition = { ...defineAgent({ name: 'a' }), instructions };
    await expect(registry.service.create(context, definition)).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      details: { errors: [{ path: 'instructions', message: expect.stringContaining('262144') }] },
    });
    const stored = { ...definition, instructions: 'x\0' };
    await expect(registry.service.create(context, stored)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  // requirement: R-BAD-DELEGATE
  it('is refused where agents would delegate in a circle, which is named', async () => {
    await create({ name: 'c' });
    await create({ name: 'b', delegates: ['c'] });
    await create({ name: 'a', delegates: ['b'] });
    await expect(update({ name: 'c', delegates: ['a'] })).rejects.toMatchObject({
      code: 'DELEGATE_CYCLE',
      details: { cycle: ['c', 'a', 'b', 'c'], errors: [{ path: 'delegates[0]' }] },
    });
  });

  it('counts the delegates of versions that an alias points to', async () => {
    await create({ name: 'a' });
    await create({ name: 'b', delegates: ['a'] });
    await update({ name: 'b' });
    await update({ name: 'a', delegates: ['b'] });
    await update({ name: 'a' });
    await registry.service.setAlias(context, { name: 'b', alias: 'live', version: 1 });
    await expect(update({ name: 'a', delegates: ['b'] })).rejects.toMatchObject({ code: 'DELEGATE_CYCLE' });
  });
});

/** Queries that answer for delegates only when two callers ask, so that both have read what they change. */
function bothHere(queries: AgentQueries): AgentQueries {
  const { promise, resolve } = Promise.withResolvers<void>();
  let callers = 0;
  return {
    ...queries,
    async delegatesOf(tenantId, names) {
      callers += 1;
      if (callers === 2) resolve();
      await promise;
      return queries.delegatesOf(tenantId, names);
    },
  };
}

describe('updating an agent', () => {
  // requirement: R-AGENT-VERSIONS
  it('makes a new version, and none of an equal definition', async () => {
    const created = await create({ name: 'a', description: 'one' });
    const updated = await update({ name: 'a', description: 'two' });
    expect(updated).toMatchObject({
      revision: 2,
      view: { version: 2, description: 'two', aliases: { live: 2 }, createdAt: created.view.createdAt },
    });
    expect(await registry.service.get(context, 'a')).toEqual(updated);
    expect(await update({ name: 'a', description: 'two' })).toEqual(updated);
    expect(await eventsOf('a')).toHaveLength(2);
    const first = await registry.service.version(context, 'a', 1);
    agentVersionSchema.parse(first);
    expect(first).toMatchObject({ aliases: [], createdBy: 'key_1', definition: { description: 'one' } });
  });

  it('is refused for another revision, another name and an agent that is not there', async () => {
    await create({ name: 'librarian' });
    await expect(update({ name: 'librarian', description: 'x' }, 7)).rejects.toMatchObject({
      code: 'PRECONDITION_FAILED',
    });
    await expect(update({ name: 'librarain' })).rejects.toMatchObject({
      code: 'AGENT_NOT_FOUND',
      message: expect.stringContaining('did you mean librarian?'),
    });
    const renamed = { name: 'librarian', definition: defineAgent({ name: 'other' }) };
    await expect(registry.service.update(context, renamed)).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      details: { errors: [{ path: 'name' }] },
    });
  });

  it.each([
    ['PRECONDITION_FAILED', 1],
    ['CONCURRENCY_CONFLICT', undefined],
  ])('at the same time as another ends in %s for one of them', async (code, ifRevision) => {
    await create({ name: 'a' });
    await create({ name: 'b' });
    const service = createAgentService({ ...registry.dependencies, queries: bothHere(registry.queries) });
    const outcomes = await Promise.allSettled(
      ['one', 'two'].map((description) => {
        const definition = defineAgent({ name: 'a', description, delegates: ['b'] });
        return service.update(context, { name: 'a', definition, ifRevision });
      }),
    );
    const won = outcomes.find((outcome) => outcome.status === 'fulfilled');
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code } });
    expect(await registry.service.get(context, 'a')).toEqual(won?.value);
  });

  it('answers its own version even if the next one is there already', async () => {
    await create({ name: 'a' });
    const { store } = registry;
    const overtaken: typeof store = {
      ...store,
      async append(request) {
        const events = await store.append(request);
        await update({ name: 'a', description: 'theirs' });
        return events;
      },
    };
    const service = createAgentService({ ...registry.dependencies, eventStore: overtaken });
    const definition = defineAgent({ name: 'a', description: 'mine' });
    const answer = await service.update(context, { name: 'a', definition });
    expect(answer).toMatchObject({ revision: 2, view: { version: 2, description: 'mine', definition } });
    expect(await registry.service.get(context, 'a')).toMatchObject({ revision: 3, view: { description: 'theirs' } });
  });
});

// requirement: R-AGENT-ALIASES
describe('an alias', () => {
  it('moves live back and forth, for the directory at once', async () => {
    const { service, directory } = registry;
    await create({ name: 'a', description: 'one' });
    await update({ name: 'a', description: 'two' });
    const versionOf = async (reference: string) => (await directory.resolve(context.tenantId, reference)).version;
    expect(await versionOf('a')).toBe(2);
    const moved = await service.setAlias(context, { name: 'a', alias: 'live', version: 1 });
    expect(moved).toMatchObject({ revision: 3, view: { version: 2, aliases: { live: 1 } } });
    expect(await service.get(context, 'a')).toEqual(moved);
    expect([await versionOf('a'), await versionOf('a@2')]).toEqual([1, 2]);
    await service.deleteAlias(context, { name: 'a', alias: 'live' });
    expect(await versionOf('a')).toBe(2);
  });

  it('is set by many at once, and none is lost', async () => {
    await create({ name: 'a' });
    const aliases = ['one', 'two', 'three'];
    await Promise.all(aliases.map((alias) => registry.service.setAlias(context, { name: 'a', alias, version: 1 })));
    expect((await registry.service.get(context, 'a')).view.aliases).toEqual({ live: 1, one: 1, three: 1, two: 1 });
  });

  it('is refused without its version, its name or its precondition', async () => {
    const { service } = registry;
    await create({ name: 'a' });
    const set = async (alias: string, rest: { readonly version: number; readonly ifRevision?: number }) =>
      service.setAlias(context, { name: 'a', alias, ...rest });
    await expect(set('x', { version: 2 })).rejects.toMatchObject({ code: 'AGENT_VERSION_NOT_FOUND' });
    await expect(set('7', { version: 1 })).rejects.toMatchObject({ code: 'AGENT_ALIAS_RESERVED' });
    await expect(set('x', { version: 1, ifRevision: 3 })).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    const unset = service.deleteAlias(context, { name: 'a', alias: 'x' });
    await expect(unset).rejects.toMatchObject({ code: 'AGENT_VERSION_NOT_FOUND' });
  });
});

// requirement: R-AGENT-DELETE
describe('disabling and deleting', () => {
  it('disables and enables', async () => {
    const { service, directory } = registry;
    await create({ name: 'a' });
    const disabled = await service.disable(context, { name: 'a', ifRevision: 1 });
    expect(disabled).toMatchObject({ revision: 2, view: { status: 'disabled' } });
    expect(await service.get(context, 'a')).toEqual(disabled);
    expect((await directory.resolve(context.tenantId, 'a')).status).toBe('disabled');
    await expect(service.enable(context, { name: 'a', ifRevision: 1 })).rejects.toMatchObject({
      code: 'PRECONDITION_FAILED',
    });
    expect(await service.enable(context, { name: 'a' })).toMatchObject({ revision: 3, view: { status: 'enabled' } });
  });

  it('refuses to delete what another enabled agent delegates to', async () => {
    const { service } = registry;
    await create({ name: 'a' });
    await create({ name: 'b', delegates: ['a'] });
    await service.setAlias(context, { name: 'b', alias: 'canary', version: 1 });
    await update({ name: 'b' });
    await expect(service.delete(context, { name: 'a' })).rejects.toMatchObject({
      code: 'AGENT_IN_USE',
      message: 'agent a cannot be deleted: b may delegate to it',
      details: { delegators: ['b'], unfinishedTasks: 0 },
    });
    await service.disable(context, { name: 'b' });
    await service.delete(context, { name: 'a' });
    await expect(service.get(context, 'a')).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' });
  });

  it('refuses to delete what has unfinished tasks, or is at another revision', async () => {
    const { service, unfinished } = registry;
    await create({ name: 'busy' });
    unfinished.set('busy', 2);
    await expect(service.delete(context, { name: 'busy' })).rejects.toMatchObject({
      code: 'AGENT_IN_USE',
      message: expect.stringContaining('2 of its tasks are not over'),
    });
    unfinished.delete('busy');
    await expect(service.delete(context, { name: 'busy', ifRevision: 9 })).rejects.toMatchObject({
      code: 'PRECONDITION_FAILED',
    });
    await service.delete(context, { name: 'busy', ifRevision: 1 });
  });

  it('keeps the versions of a deleted agent for those pinned to them, and goes on counting', async () => {
    const { service, directory } = registry;
    await create({ name: 'a', description: 'one' });
    await service.setAlias(context, { name: 'a', alias: 'canary', version: 1 });
    await service.delete(context, { name: 'a' });
    await expect(directory.resolve(context.tenantId, 'a@1')).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' });
    expect(await directory.version(context.tenantId, 'a', 1)).toMatchObject({ description: 'one' });
    const again = await create({ name: 'a', description: 'two' });
    expect(again).toMatchObject({ revision: 4, view: { version: 2, aliases: { live: 2 } } });
    expect(await service.get(context, 'a')).toEqual(again);
    expect(await directory.version(context.tenantId, 'a', 1)).toMatchObject({ description: 'one' });
  });
});

// requirement: R-AGENT-DIFF
describe('the diff of two versions', () => {
  it('takes versions and aliases', async () => {
    const { service } = registry;
    await create({ name: 'a', instructions: 'one\ntwo', tools: ['now'] });
    await service.setAlias(context, { name: 'a', alias: 'canary', version: 1 });
    await update({ name: 'a', instructions: 'one\nthree' });
    expect(await service.diff(context, 'a', { from: 'canary', to: 'live' })).toEqual({
      name: 'a',
      from: 1,
      to: 2,
      changes: [
        {
          path: 'instructions',
          op: 'changed',
          lines: [
            { op: 'same', before: 1, after: 1, text: 'one' },
            { op: 'removed', before: 2, text: 'two' },
            { op: 'added', after: 2, text: 'three' },
          ],
        },
        { path: 'tools[0]', op: 'removed', before: 'now' },
      ],
    });
    expect(await service.diff(context, 'a', { from: '2', to: '2' })).toMatchObject({ changes: [] });
    await expect(service.diff(context, 'a', { from: '1', to: '9' })).rejects.toMatchObject({
      code: 'AGENT_VERSION_NOT_FOUND',
    });
  });
});
