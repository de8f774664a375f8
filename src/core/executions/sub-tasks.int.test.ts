import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Gate } from '../../../tests/support/gate.ts';
import {
  CONTEXT,
  detailOf,
  eventsOf,
  failureOf,
  intercept,
  recorded,
  Runtime,
  stepsOf,
  stores,
} from '../../../tests/support/runtime-harness.ts';
import { defineAgent, type Factory } from '../../index.ts';

let runtime: Runtime;
let factory: Factory;
beforeAll(async () => {
  runtime = await Runtime.create();
  factory = await runtime.open();
});
afterAll(() => runtime.end());

async function childrenOf(agent: string) {
  return (await factory.parts.taskQueries.list(CONTEXT, { agent }, { limit: 50 })).items;
}

/** An agent whose model hands its first turn to the delegate with these arguments, and tells what came back. */
function delegating(delegate: string, given: unknown = { input: 'help' }) {
  return runtime.agent(
    factory,
    ({ turn, last }) =>
      turn === 0 ? { toolCalls: [{ name: `agent_${delegate}`, arguments: given }] } : { text: last },
    { delegates: [delegate] },
  );
}

describe('a delegate', () => {
  it('answers through its task, while the parent is let go', async () => {
    const gate = new Gate();
    const child = await runtime.agent(factory, async ({ last }) => gate.pass().then(() => ({ text: `heard ${last}` })));
    const parent = await delegating(child);
    const task = await factory.submit(parent, 'go');
    const suspended = recorded(factory, 'ExecutionSuspended', ({ streamId }) => streamId.endsWith(task.executionId!));
    await Promise.all([gate.reached(), suspended]);
    const held = async () =>
      (await runtime.database.pool.query('SELECT execution_id FROM claims WHERE execution_id = $1', [task.executionId]))
        .rows;
    while ((await held()).length > 0) await new Promise(setImmediate);
    gate.open();
    expect((await factory.wait(task.id)).output?.text).toContain('heard help');
    const [made] = await childrenOf(child);
    expect(made).toMatchObject({ parentExecutionId: task.executionId, state: 'completed', input: 'help' });
    expect(stepsOf(await detailOf(factory, task))[1]).toBe(`2 task ${child}@1 completed`);
  });

  // requirement: R-EXECUTION-PINNED
  it('is of the version it had when the execution began', async () => {
    const gate = new Gate();
    const child = await runtime.agent(factory, () => ({ text: 'old' }));
    const parent = await runtime.agent(
      factory,
      async ({ turn, last }) => {
        if (turn > 0) return { text: last };
        await gate.pass();
        return { toolCalls: [{ name: `agent_${child}`, arguments: { input: 'x' } }] };
      },
      { delegates: [child] },
    );
    const task = await factory.submit(parent, 'go');
    await gate.reached();
    const definition = defineAgent({ name: child, model: runtime.models.add(() => ({ text: 'new' })) });
    await factory.parts.agents.update(CONTEXT, { name: child, definition });
    gate.open();
    expect((await factory.wait(task.id)).output?.text).toContain('old');
    expect((await factory.run(parent, 'go')).text).toContain('new');
  });

  it('that fails or is canceled is told to the model', async () => {
    const failing = await runtime.program(factory, async () => {
      throw new Error('I am ill');
    });
    expect((await factory.run(await delegating(failing), 'go')).text).toMatch(/INTERNAL.*I am ill/);
    const slow = await runtime.program(factory, (context) => context.sleep(3_600_000));
    const task = await factory.submit(await delegating(slow), 'go');
    await recorded(factory, 'ExecutionSuspended', ({ streamId }) => streamId.endsWith(task.executionId!));
    const [child] = await childrenOf(slow);
    await factory.cancel(child!.id);
    expect((await factory.wait(task.id)).output?.text).toMatch(/TOOL_FAILED.*canceled/);
  });

  it.each([[{ input: 7 }], [{}], [{ input: '' }], ['{"input":'], [[]]])('is not bothered with %j', async (given) => {
    const child = await runtime.agent(factory, () => ({ text: 'heard' }));
    const parent = await delegating(child, given);
    expect((await factory.run(parent, 'go')).text).toContain('TOOL_ARGUMENTS_INVALID');
    expect(await childrenOf(child)).toEqual([]);
  });

  it('that is disabled is told to the model', async () => {
    const child = await runtime.agent(factory, () => ({ text: 'heard' }));
    const parent = await delegating(child);
    await factory.parts.agents.disable(CONTEXT, { name: child });
    expect((await factory.run(parent, 'go')).text).toContain('AGENT_DISABLED');
  });
});

// requirement: R-EXECUTION-SUBTASK
describe('a sub-task', () => {
  it('of an agent above is refused', async () => {
    const name = 'circular';
    const middle = await runtime.program(factory, (context) =>
      context.task({ agent: name, input: 'x' }).then((result) => JSON.stringify(result)),
    );
    await runtime.program(
      factory,
      (context) => context.task({ agent: middle, input: 'x' }).then((result) => JSON.stringify(result)),
      { name },
    );
    expect((await factory.run(name, 'go')).text).toMatch(/DELEGATE_CYCLE.*circular → .* → circular/);
  });

  it('has at most sixteen tasks above it', async () => {
    const names = Array.from({ length: 19 }, (_, index) => `deep-${index}`);
    for (const [index, name] of names.entries()) {
      const next = names[index + 1] ?? '';
      await runtime.program(
        factory,
        async (context) => {
          const { text, error } = await context.task({ agent: next, input: 'x' });
          return `${error?.code ?? text}.`;
        },
        { name },
      );
    }
    const { text } = await factory.run('deep-0', 'go');
    expect(text).toMatch(/^DELEGATE_CYCLE\.+$/);
    expect(await childrenOf('deep-16')).toHaveLength(1);
    expect(await childrenOf('deep-17')).toEqual([]);
  });

  it('whose agent there is not fails the step, and the step only', async () => {
    const agent = await runtime.program(factory, async (context) =>
      failureOf(context.task({ agent: 'nobody', input: 'x' })),
    );
    const { text, task } = await factory.run(agent, 'go');
    expect(text).toMatch(/^AGENT_NOT_FOUND/);
    expect(stepsOf(await detailOf(factory, task))).toEqual(['1 task nobody failed']);
  });

  it('is made once, though its maker crashes at that very moment, before or after', async () => {
    for (const isStored of [false, true]) {
      const own = await Runtime.create();
      const first = await own.open();
      const child = await own.agent(first, () => ({ text: 'heard' }));
      const parent = await own.program(
        first,
        async (context) => (await context.task({ agent: child, input: 'x' })).text,
      );
      const storing = new Gate();
      intercept(first.parts.eventStore, 'append', (append) => async (request) => {
        if (!stores(request, 'StepWaiting')) return append(request);
        if (isStored) await append(request);
        await storing.pass();
        throw new Error('the process is dead');
      });
      const task = await first.submit(parent, 'go');
      await storing.reached();
      const crashed = own.crash(first);
      storing.open();
      await crashed;
      const second = await own.open();
      expect((await second.wait(task.id)).output?.text).toBe('heard');
      const { items } = await second.parts.taskQueries.list(CONTEXT, { agent: child }, { limit: 50 });
      expect(items).toHaveLength(1);
      expect((await eventsOf(second, task.executionId!)).filter(({ type }) => type === 'StepWaiting')).toHaveLength(1);
      await own.end();
    }
  });
});
