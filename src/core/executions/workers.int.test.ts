import { describe, expect, it } from 'vitest';

import { Gate } from '../../../tests/support/gate.ts';
import {
  CONTEXT,
  ended,
  eventsOf,
  inRuntime,
  intercept,
  recorded,
  type Runtime,
  stopClaiming,
  stores,
  throughQueue,
} from '../../../tests/support/runtime-harness.ts';
import { callsThenAnswers } from '../../../tests/support/scripted-model.ts';
import type { ExecutionContext, TaskView } from '../../index.ts';

const call = (context: ExecutionContext, name: string, value: number) =>
  context.tool({ type: 'tool-call', id: 'x', name, arguments: { value } });

const ofKey =
  (key: string) =>
  ({ data }: { readonly data: Readonly<Record<string, unknown>> }) =>
    data['key'] === key;

async function claimsOf(runtime: Runtime, task: TaskView): Promise<readonly string[]> {
  const { rows } = await runtime.database.pool.query<{ worker_id: string }>(
    'SELECT worker_id FROM claims WHERE execution_id = $1',
    [task.executionId],
  );
  return rows.map(({ worker_id: id }) => id);
}

describe('two workers', () => {
  it('run each execution once', () =>
    inRuntime(async (runtime, first) => {
      const second = await runtime.open();
      const tool = runtime.tool({ effect: 'once' });
      const agent = await runtime.agent(first, callsThenAnswers(tool, [{}, {}]), { tools: [tool] });
      const tasks = await Promise.all(
        Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? first : second).submit(agent, 'go')),
      );
      const states = await Promise.all(tasks.map(async ({ id }) => (await first.wait(id)).state));
      expect(new Set(states)).toEqual(new Set(['completed']));
      expect(runtime.count(tool)).toBe(120);
      const { rows } = await runtime.database.pool.query(
        `SELECT count(*)::int AS n FROM events WHERE type = 'ExecutionResumed'`,
      );
      expect(rows).toEqual([{ n: 0 }]);
    }));

  it('that one takes what the other has, leave it to the one that came last', () =>
    inRuntime(async (runtime, first) => {
      const blocked = new Gate();
      const blocking = runtime.tool({
        effect: 'idempotent',
        execute: () => (runtime.count(blocking) === 1 ? blocked.pass() : 'in the second'),
      });
      const once = runtime.tool({ effect: 'once' });
      const agent = await runtime.agent(
        first,
        ({ turn }) => (turn < 2 ? { toolCalls: [{ name: turn === 0 ? blocking : once }] } : { text: 'the end' }),
        { tools: [blocking, once] },
      );
      const task = await first.submit(agent, 'go');
      await blocked.reached();
      // The first is taken for dead, though it is only slow.
      stopClaiming(first);
      intercept(first.parts.jobQueue, 'heartbeat', () => async () => undefined);
      const second = await runtime.open();
      await runtime.takeOver(second);
      expect((await ended(second, task.id)).output?.text).toBe('the end');
      const log = await eventsOf(second, task.executionId!);
      const letGo = new Promise<void>((resolve) => {
        intercept(first.parts.jobQueue, 'enqueue', () => async () => resolve());
      });
      blocked.open();
      await letGo;
      expect(await eventsOf(second, task.executionId!)).toEqual(log);
      expect([runtime.count(blocking), runtime.count(once), runtime.models.total]).toEqual([2, 1, 3]);
    }));

  it('of which one only seemed dead: it calls no once tool any more', () =>
    inRuntime(async (runtime, first) => {
      const blocked = new Gate();
      const reading = runtime.tool({ execute: () => (runtime.count(reading) === 1 ? blocked.pass() : 'quick') });
      const held = new Gate();
      const once = runtime.tool({ effect: 'once', execute: () => held.pass().then(() => 'done') });
      const agent = await runtime.program(
        first,
        async (context) => {
          await call(context, reading, 1);
          await call(context, once, 2);
        },
        { tools: [reading, once] },
      );
      const task = await first.submit(agent, 'go');
      await blocked.reached();
      stopClaiming(first);
      const second = await runtime.open();
      await runtime.takeOver(second);
      await held.reached();
      const letGo = new Promise<void>((resolve) => {
        intercept(first.parts.jobQueue, 'enqueue', () => async () => resolve());
      });
      blocked.open();
      await letGo;
      held.open();
      expect((await ended(second, task.id)).state).toBe('completed');
      expect(runtime.count(once)).toBe(1);
    }));
});

describe('a worker', () => {
  it('hears of a cancel from another process though all its slots are taken', () =>
    inRuntime(async (runtime, idle) => {
      stopClaiming(idle);
      const busy = await runtime.open({ concurrency: 1 });
      const gate = new Gate();
      const tool = runtime.tool({ execute: () => gate.pass() });
      const agent = await runtime.agent(busy, callsThenAnswers(tool, [{}]), { tools: [tool] });
      const task = await busy.submit(agent, 'go');
      await gate.reached();
      const over = recorded(busy, 'ExecutionCanceled');
      await idle.cancel(task.id);
      expect((await over).type).toBe('ExecutionCanceled');
    }));

  it('works on what it claimed though it never had the answer', () =>
    inRuntime(async (runtime, factory) => {
      let isLost = false;
      throughQueue(factory);
      intercept(factory.parts.jobQueue, 'claim', (claim) => async (...asked) => {
        const claimed = await claim(...asked);
        if (isLost || claimed.taken.length === 0) return claimed;
        isLost = true;
        throw new Error('Connection terminated unexpectedly');
      });
      const agent = await runtime.agent(factory, () => ({ text: 'here' }));
      expect((await factory.run(agent, 'go')).text).toBe('here');
      expect(isLost).toBe(true);
    }));

  it('takes what begins in its process at once, without a job', () =>
    inRuntime(async (runtime, factory) => {
      const agent = await runtime.agent(factory, () => ({ text: 'here' }));
      // Once that has ended the worker has looked into the queue and found it empty.
      await factory.run(agent, 'go');
      intercept(factory.parts.jobQueue, 'enqueueWith', () => () => expect.unreachable('a job was made'));
      const { task } = await factory.run(agent, 'go');
      expect(task.state).toBe('completed');
      expect(await claimsOf(runtime, task)).toEqual([]);
    }));

  it('takes nothing new while something waits in the queue', () =>
    inRuntime(async (runtime, other) => {
      stopClaiming(other);
      const factory = await runtime.open({ concurrency: 1 });
      const gate = new Gate();
      const order: string[] = [];
      const agent = await runtime.program(factory, async (_context, { messages }) => {
        const [message] = messages;
        order.push(JSON.stringify(message?.content));
        await gate.pass();
      });
      const first = await factory.submit(agent, 'first');
      await gate.reached();
      const second = await factory.submit(agent, 'second');
      // Submitted as soon as there is room, in the very turn in which the first one ends.
      const third = new Promise<TaskView>((resolve) => {
        factory.parts.eventBus.onRecorded((events) => {
          if (events.some(({ type, streamId }) => type === 'TaskCompleted' && streamId === `task-${first.id}`)) {
            resolve(factory.submit(agent, 'third'));
          }
        });
      });
      gate.open();
      await Promise.all([ended(factory, second.id), third.then(({ id }) => ended(factory, id))]);
      expect(order.map((text) => /first|second|third/.exec(text)?.[0])).toEqual(['first', 'second', 'third']);
    }));

  it('begins what it took though it never heard that it was stored', () =>
    inRuntime(async (runtime, factory) => {
      let isLost = false;
      const agent = await runtime.agent(factory, () => ({ text: 'here' }));
      intercept(factory.parts.jobQueue, 'reserve', (reserve) => (jobs) => {
        const reserved = reserve(jobs);
        if (reserved === undefined || isLost) return reserved;
        isLost = true;
        return { ...reserved, take: () => reserved.giveUp({ mayBeStored: true }) };
      });
      expect((await factory.run(agent, 'go')).text).toBe('here');
      expect(isLost).toBe(true);
    }));

  it('stops though it cannot sign off', () =>
    inRuntime(async (runtime, factory) => {
      let asked = 0;
      intercept(factory.parts.jobQueue, 'leave', () => async () => {
        asked += 1;
        throw new Error('Connection terminated unexpectedly');
      });
      await runtime.close(factory);
      expect(asked).toBe(3);
    }));

  it('gives back what it could not give back at first', () =>
    inRuntime(async (runtime, factory) => {
      const { jobQueue } = factory.parts;
      let failures = 0;
      const failing =
        <Arguments extends unknown[]>(work: (...given: Arguments) => Promise<void>) =>
        async (...given: Arguments): Promise<void> => {
          failures += 1;
          if (failures % 2 === 1) throw new Error('Connection terminated unexpectedly');
          return work(...given);
        };
      intercept(jobQueue, 'release', failing);
      intercept(jobQueue, 'enqueue', failing);
      const agent = await runtime.program(factory, async (context) =>
        JSON.stringify(await context.approval({ question: 'Well?' })),
      );
      const { task } = await factory.run(agent, 'go');
      await factory.resolve(task.id, { decision: 'approve' });
      expect((await ended(factory, task.id)).state).toBe('completed');
      while ((await claimsOf(runtime, task)).length > 0) await new Promise(setImmediate);
    }));
});

describe('a wake-up', () => {
  it.each(['before', 'while', 'after'] as const)('that comes %s its execution is let go is not lost', (when) =>
    inRuntime(async (runtime, factory) => {
      const releasing = new Gate();
      const gate = new Gate();
      intercept(factory.parts.jobQueue, 'release', (release) => async (...given) => {
        if (when === 'after') await release(...given);
        void releasing.pass();
        await gate.pass();
        if (when !== 'after') await release(...given);
      });
      const child = await runtime.agent(factory, () => ({ text: 'of the child' }));
      const agent = await runtime.program(factory, async (context) => {
        const [approval, { text }] = (await context.all<unknown>([
          (branch) => branch.approval({ question: 'Well?' }),
          (branch) => branch.task({ agent: child, input: 'x' }),
        ])) as [unknown, { text: string }];
        return JSON.stringify([approval, text]);
      });
      const task = await factory.submit(agent, 'go');
      if (when === 'before') await factory.wait(task.id);
      else await releasing.reached();
      await factory.resolve(task.id, { step: '1.0.1', decision: 'approve' });
      if (when === 'before') await releasing.reached();
      gate.open();
      expect((await ended(factory, task.id)).output?.text).toContain('of the child');
    }),
  );

  it('that comes while the suspension is being written does not make two of the execution', () =>
    inRuntime(async (runtime, factory) => {
      const writing = new Gate();
      const gate = new Gate();
      intercept(factory.parts.eventStore, 'append', (append) => async (request) => {
        if (stores(request, 'ExecutionSuspended')) {
          void writing.pass();
          await gate.pass();
        }
        return append(request);
      });
      const tool = runtime.tool({ effect: 'once' });
      const agent = await runtime.program(
        factory,
        async (context) => {
          await context.approval({ question: 'Well?' });
          await call(context, tool, 1);
        },
        { tools: [tool] },
      );
      const task = await factory.submit(agent, 'go');
      await writing.reached();
      await factory.resolve(task.id, { decision: 'approve' });
      for (let turns = 0; turns < 50; turns += 1) await new Promise(setImmediate);
      gate.open();
      expect((await ended(factory, task.id)).state).toBe('completed');
      expect(runtime.count(tool)).toBe(1);
      const types = (await eventsOf(factory, task.executionId!)).map(({ type }) => type);
      expect(types).toEqual([
        'ExecutionStarted',
        'StepWaiting',
        'ExecutionSuspended',
        'ExecutionResumed',
        'StepCompleted',
        'StepIntended',
        'StepCompleted',
        'ExecutionCompleted',
      ]);
    }));
});

describe('a factory that closes', () => {
  it('hands over what it has, and whoever waits is told', () =>
    inRuntime(async (runtime, first) => {
      const gate = new Gate();
      const tool = runtime.tool({ execute: () => gate.pass() });
      const agent = await runtime.agent(first, callsThenAnswers(tool, [{}]), { tools: [tool] });
      const task = await first.submit(agent, 'go');
      const waiting = first.wait(task.id).catch((error: unknown) => error);
      const answered = recorded(first, 'StepCompleted', ofKey('1'));
      await Promise.all([gate.reached(), answered]);
      await runtime.close(first);
      expect(await waiting).toMatchObject({ code: 'SHUTTING_DOWN' });
      expect(await claimsOf(runtime, task)).toEqual([]);
      gate.open();
      const second = await runtime.open();
      expect((await second.wait(task.id)).output?.text).toBe('done');
      expect(runtime.models.total).toBe(2);
      expect((await second.parts.taskQueries.get(CONTEXT, task.id)).state).toBe('completed');
    }));
});
