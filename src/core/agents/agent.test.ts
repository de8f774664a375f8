import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { fold } from '../../kernel/decider.ts';
import { AppError } from '../../kernel/errors.ts';
import type { TenantId } from '../../kernel/ids.ts';
import {
  type AgentAggregate,
  type AgentCommand,
  agentDecider,
  type AgentEvent,
  agentStream,
  aliasesOf,
} from './agent.ts';
import { defineAgent } from './parse-agent.ts';

const first = defineAgent({ name: 'a', instructions: 'one' });
const second = defineAgent({ name: 'a', instructions: 'two' });

/** What follows from the commands, one after the other, each on top of the events before. */
function story(...commands: readonly AgentCommand[]): AgentEvent[] {
  const events: AgentEvent[] = [];
  for (const command of commands) events.push(...agentDecider.decide(fold(agentDecider, events), command));
  return events;
}
const types = (events: readonly AgentEvent[]) => events.map((event) => event.type);
const last = (events: readonly AgentEvent[]) => events.at(-1);
const refusal = (...commands: readonly AgentCommand[]): AppError => {
  try {
    story(...commands);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

const aliases = (...commands: readonly AgentCommand[]) => aliasesOf(fold(agentDecider, story(...commands)));

const create: AgentCommand = { type: 'CreateAgent', name: 'a', definition: first };
const update: AgentCommand = { type: 'UpdateAgent', name: 'a', definition: second };
const disable: AgentCommand = { type: 'DisableAgent', name: 'a' };
const enable: AgentCommand = { type: 'EnableAgent', name: 'a' };
const remove: AgentCommand = { type: 'DeleteAgent', name: 'a' };
const point = (alias: string, version: number): AgentCommand => ({ type: 'SetAgentAlias', name: 'a', alias, version });
const unpoint = (alias: string): AgentCommand => ({ type: 'RemoveAgentAlias', name: 'a', alias });

describe('the versions of an agent', () => {
  it('are counted from 1, one for each definition that differs', () => {
    expect(story(create, update)).toMatchObject([
      { type: 'AgentCreated', data: { name: 'a', version: 1, definition: first } },
      { type: 'AgentVersionCreated', data: { name: 'a', version: 2, definition: second } },
    ]);
  });

  it('are not made of a definition that equals the newest, whatever the order of its keys', () => {
    const turned = Object.fromEntries(Object.entries(first).toReversed()) as typeof first;
    expect(types(story(create, { ...update, definition: turned }))).toEqual(['AgentCreated']);
  });

  it('may return to an older definition', () => {
    expect(last(story(create, update, { ...update, definition: first }))).toMatchObject({ data: { version: 3 } });
  });

  it('go on when a deleted agent is created again', () => {
    expect(last(story(create, update, remove, create))).toMatchObject({ type: 'AgentCreated', data: { version: 3 } });
  });
});

describe('an agent', () => {
  it('is not created twice, nor changed before it is there or after it is gone', () => {
    expect(refusal(create, create)).toMatchObject({ code: 'AGENT_EXISTS' });
    for (const command of [update, disable, enable, remove, point('live', 1), unpoint('live')]) {
      expect(refusal(command)).toMatchObject({ code: 'AGENT_NOT_FOUND' });
      expect(refusal(create, remove, command)).toMatchObject({ code: 'AGENT_NOT_FOUND' });
    }
  });

  it('is disabled and enabled, once each', () => {
    expect(types(story(create, enable, disable, disable, enable, enable))).toEqual([
      'AgentCreated',
      'AgentDisabled',
      'AgentEnabled',
    ]);
  });

  it('stays disabled when it gets a new version, and forgets its aliases when it is deleted', () => {
    expect(fold(agentDecider, story(create, disable, update)).status).toBe('disabled');
    expect(fold(agentDecider, story(create, point('canary', 1), remove, create)).aliases).toEqual({});
  });

  it('has a stream that no other tenant and name share', () => {
    expect(agentStream('x' as TenantId, 'a-b')).not.toBe(agentStream('x-a' as TenantId, 'b'));
  });
});

describe('an alias', () => {
  it('live is the newest version until it is set, and again when it is removed', () => {
    expect(aliases(create, update)).toEqual({ live: 2 });
    expect(aliases(create, update, point('live', 1))).toEqual({ live: 1 });
    expect(aliases(create, point('live', 1), update)).toEqual({ live: 1 });
    expect(aliases(create, point('live', 1), update, unpoint('live'))).toEqual({ live: 2 });
    expect(types(story(create, unpoint('live')))).toEqual(['AgentCreated']);
  });

  it('points to a version there is, and makes no event where it points there already', () => {
    expect(aliases(create, update, point('canary', 1), point('canary', 1))).toEqual({ live: 2, canary: 1 });
    expect(types(story(create, point('canary', 1), point('canary', 1)))).toEqual(['AgentCreated', 'AgentAliasSet']);
    for (const version of [0, -1, 1.5, 3, Number.NaN, 2 ** 40]) {
      const error = refusal(create, update, point('canary', version));
      expect(error).toMatchObject({ code: 'AGENT_VERSION_NOT_FOUND', details: { newestVersion: 2 } });
    }
  });

  it('has a name like an agent’s, so that it can’t pass for a version', () => {
    for (const alias of ['3', '', 'Live', 'a b', 'a@b', '__proto__', '-x', 'x'.repeat(65)]) {
      expect(refusal(create, point(alias, 1))).toMatchObject({ code: 'AGENT_ALIAS_RESERVED' });
    }
    expect(aliases(create, point('constructor', 1))).toEqual({ live: 1, constructor: 1 });
  });

  it('is removed only where it was set', () => {
    expect(aliases(create, point('canary', 1), unpoint('canary'))).toEqual({ live: 1 });
    for (const alias of ['canary', 'constructor', '__proto__']) {
      expect(refusal(create, unpoint(alias))).toMatchObject({ code: 'AGENT_VERSION_NOT_FOUND' });
    }
    expect(refusal(create, point('canary', 1), unpoint('canarie'))).toMatchObject({
      message: expect.stringContaining('did you mean canary?'),
    });
  });
});

describe('for any history', () => {
  const name = fc.constantFrom('a', 'constructor');
  const alias = fc.constantFrom('live', 'canary', '__proto__', 'toString');
  const version = fc.integer({ min: -1, max: 5 });
  const definition = fc.constantFrom(first, second);
  const hash = fc.constantFrom('0', '1');
  const data = { name, alias, version, definition, hash };
  const event = fc.record({
    type: fc.constantFrom<AgentEvent['type']>(
      'AgentCreated',
      'AgentVersionCreated',
      'AgentAliasSet',
      'AgentAliasRemoved',
      'AgentDisabled',
      'AgentEnabled',
      'AgentDeleted',
    ),
    data: fc.record(data),
  }) as fc.Arbitrary<AgentEvent>;
  const command = fc.oneof(
    fc.record({ type: fc.constantFrom('CreateAgent', 'UpdateAgent'), name, definition }),
    fc.record({ type: fc.constant('SetAgentAlias'), name, alias, version }),
    fc.record({ type: fc.constant('RemoveAgentAlias'), name, alias }),
    fc.record({ type: fc.constantFrom('DisableAgent', 'EnableAgent', 'DeleteAgent'), name }),
  ) as fc.Arbitrary<AgentCommand>;

  it('evolve never throws, whatever the events', () => {
    fc.assert(
      fc.property(fc.array(event), (events) => {
        expect(() => fold(agentDecider, events)).not.toThrow();
      }),
    );
  });

  it('commands end in events or an AppError, versions only grow, and every alias points to one', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
        let state = agentDecider.initialState();
        for (const next of commands) {
          const before = state.version;
          state = fold(agentDecider, decided(state, next), state);
          expect([before, before + 1]).toContain(state.version);
          if (state.status !== 'enabled' && state.status !== 'disabled') continue;
          for (const target of Object.values(aliasesOf(state))) {
            expect(target).toBeGreaterThanOrEqual(1);
            expect(target).toBeLessThanOrEqual(state.version);
          }
        }
      }),
    );
  });

  it('a state read in two parts is the state read at once', () => {
    fc.assert(
      fc.property(fc.array(event), fc.nat(), (events, cut) => {
        const at = events.length === 0 ? 0 : cut % events.length;
        const head = fold(agentDecider, events.slice(0, at));
        expect(fold(agentDecider, events.slice(at), head)).toEqual(fold(agentDecider, events));
      }),
    );
  });
});

/** The events of a command; none where it is refused. */
function decided(state: AgentAggregate, command: AgentCommand): readonly AgentEvent[] {
  try {
    return agentDecider.decide(state, command);
  } catch (error) {
    if (error instanceof AppError) return [];
    throw error;
  }
}
