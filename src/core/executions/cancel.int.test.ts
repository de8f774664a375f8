import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Gate } from '../../../tests/support/gate.ts';
import {
  CONTEXT,
  detailOf,
  ended,
  eventsOf,
  failureOf,
  intercept,
  recorded,
  Runtime,
  stopClaiming,
  stores,
} from '../../../tests/support/runtime-harness.ts';
import type { ExecutionContext, Factory, TaskView } from '../../index.ts';

let runtime: Runtime;
let factory: Factory;
beforeAll(async () => {
  runtime = await Runtime.create();
  factory = await runtime.open();
});
afterAll(() => runtime.end());

/** Cancels, and sees task and execution end as canceled, once each. */
async function cancel({ id, executionId = '' }: TaskView): Promise<void> {
  const over = recorded(factory, 'ExecutionCanceled', ({ streamId }) => streamId === `execution-${executionId}`);
  const canceled = await factory.cancel(id, 'no longer needed');
  expect(canceled.state).toBe('canceled');
  expect((await over).data).toMatchObject({ reason: 'no longer needed' });
  expect(await detailOf(factory, { executionId })).toMatchObject({ status: 'canceled' });
  expect(await ends(id, executionId)).toEqual(['TaskCanceled', 'ExecutionCanceled']);
  expect(await failureOf(factory.cancel(id))).toMatch(/^TASK_FINISHED/);
}

async function ends(taskId: string, executionId: string): Promise<readonly string[]> {
  const events = [...(await eventsOf(factory, `task-${taskId}`)), ...(await eventsOf(factory, executionId))];
  return events
    .map(({ type }) => type)
    .filter((type) => /(?:Completed|Failed|Canceled)$/.test(type) && !type.startsWith('Step'));
}

function call(context: ExecutionContext, tool: string) {
  return context.tool({ type: 'tool-call', id: 'x', name: tool, arguments: {} });
}

/** A tool that tells when it is called and when it is aborted, and never answers. */
function hangingTool(effect: 'read' | 'once') {
  const called = new Gate();
  const aborted = new Gate();
  const name = runtime.tool({
    effect,
    execute: (_input, { signal }) => {
      signal.addEventListener('abort', () => void aborted.pass(), { once: true });
      return called.pass();
    },
  });
  return { name, called, aborted };
}

// requirement: R-EXECUTION-CANCEL
describe('cancel', () => {
  it('ends a model that streams', async () => {
    let aborted = false;
    const agent = await runtime.agent(factory, ({ options }) => {
      options.abortSignal?.addEventListener('abort', () => (aborted = true));
      return { endless: true };
    });
    const task = await factory.submit(agent, 'go');
    await new Promise<void>((resolve) => {
      factory.parts.eventBus.onEphemeral(task.id, ({ type }) => type === 'text-delta' && resolve());
    });
    await cancel(task);
    expect(aborted).toBe(true);
  });

  it.each(['read', 'once'] as const)('aborts a tool that runs (%s), and calls it no more', async (effect) => {
    const tool = hangingTool(effect);
    const agent = await runtime.program(factory, (context) => call(context, tool.name).then(() => null), {
      tools: [tool.name],
    });
    const task = await factory.submit(agent, 'go');
    await tool.called.reached();
    await cancel(task);
    await tool.aborted.reached();
    expect(runtime.count(tool.name)).toBe(1);
  });

  it('ends what is suspended', async () => {
    const agent = await runtime.program(factory, (context) => context.sleep(3_600_000));
    const task = await factory.submit(agent, 'go');
    await recorded(factory, 'ExecutionSuspended', ({ streamId }) => streamId.endsWith(task.executionId!));
    await cancel(task);
    expect((await factory.wait(task.id)).state).toBe('canceled');
  });

  it('ends what waits for a person, who is asked no more', async () => {
    const agent = await runtime.program(
      factory,
      async (context) => void (await context.approval({ question: 'Well?' })),
    );
    const { task } = await factory.run(agent, 'go');
    await cancel(task);
    expect((await factory.wait(task.id)).waiting).toEqual([]);
    expect(await failureOf(factory.resolve(task.id, { decision: 'approve' }))).toMatch(/^TASK_NOT_WAITING/);
  });

  it('ends a fork alone, in its model call, its tool or its wait, and not its task', async () => {
    const tool = hangingTool('read');
    let modelAborted = false;
    let mode = 'end';
    const agent = await runtime.program(
      factory,
      async (context) => {
        await context.now();
        if (mode === 'model') await context.model({ messages: [] });
        if (mode === 'tool') await call(context, tool.name);
        if (mode === 'person') await context.approval({ question: 'Well?' });
      },
      {
        tools: [tool.name],
        script: ({ options }) => {
          options.abortSignal?.addEventListener('abort', () => (modelAborted = true));
          return { endless: true };
        },
      },
    );
    const { task } = await factory.run(agent, 'go');
    const { executions } = factory.parts;
    const { executionId = '' } = task;
    const under = {
      model: () =>
        new Promise<void>((resolve) => {
          factory.parts.eventBus.onEphemeral(task.id, ({ type }) => type === 'text-delta' && resolve());
        }),
      tool: () => tool.called.reached(),
      person: () => recorded(factory, 'ExecutionSuspended'),
    };
    for (const [what, reached] of Object.entries(under)) {
      mode = what;
      const there = reached();
      const fork = await executions.fork(CONTEXT, executionId, { at: '1' });
      await there;
      const over = recorded(factory, 'ExecutionCanceled', ({ streamId }) => streamId === `execution-${fork.id}`);
      await executions.cancel(CONTEXT, fork.id, 'no longer needed');
      expect((await over).data).toMatchObject({ reason: 'no longer needed' });
      expect(await failureOf(executions.cancel(CONTEXT, fork.id))).toMatch(/^EXECUTION_FINISHED: .* is canceled/);
    }
    await tool.aborted.reached();
    expect([modelAborted, runtime.count(tool.name)]).toEqual([true, 1]);
    expect(await factory.wait(task.id)).toMatchObject({ state: 'completed', waiting: [] });
  });

  it('of the execution that decides a task names how to cancel the task; of what is over or unknown says so', async () => {
    const { executions } = factory.parts;
    const agent = await runtime.program(factory, (context) => context.sleep(3_600_000));
    const task = await factory.submit(agent, 'go');
    const { executionId = '' } = task;
    expect(await failureOf(executions.cancel(CONTEXT, executionId))).toContain(`pygent tasks cancel ${task.id}`);
    await cancel(task);
    expect(await failureOf(executions.cancel(CONTEXT, executionId))).toMatch(/^EXECUTION_FINISHED/);
    expect(await failureOf(executions.cancel(CONTEXT, 'exec_unknown'))).toMatch(/^EXECUTION_NOT_FOUND/);
    const stranger = { ...CONTEXT, tenantId: 'elsewhere' as never };
    expect(await failureOf(executions.cancel(stranger, executionId))).toMatch(/^EXECUTION_NOT_FOUND/);
  });

  it('ends all branches', async () => {
    const tools = [hangingTool('read'), hangingTool('once')];
    const agent = await runtime.program(
      factory,
      async (context) => {
        await context.all<unknown>([
          ...tools.map(
            ({ name }) =>
              (branch: ExecutionContext) =>
                call(branch, name),
          ),
          (branch) => branch.sleep(3_600_000),
          (branch) => branch.model({ messages: [] }),
        ]);
      },
      { tools: tools.map(({ name }) => name), script: () => ({ hangs: true }) },
    );
    const task = await factory.submit(agent, 'go');
    await Promise.all(tools.map(({ called }) => called.reached()));
    await cancel(task);
    await Promise.all(tools.map(({ aborted }) => aborted.reached()));
    expect(tools.map(({ name }) => runtime.count(name))).toEqual([1, 1]);
  });

  it('reaches sub-tasks of sub-tasks', async () => {
    const tool = hangingTool('read');
    const child = await runtime.program(factory, (context) => call(context, tool.name).then(() => null), {
      tools: [tool.name],
    });
    const middle = await runtime.program(factory, (context) =>
      context.task({ agent: child, input: 'go' }).then(() => null),
    );
    const parent = await runtime.program(factory, (context) =>
      context.task({ agent: middle, input: 'go' }).then(() => null),
    );
    const task = await factory.submit(parent, 'go');
    await tool.called.reached();
    const executions = new Set<string>();
    const all = recorded(factory, 'ExecutionCanceled', ({ streamId }) => executions.add(streamId).size === 3);
    await factory.cancel(task.id);
    await all;
    await tool.aborted.reached();
    const { items } = await factory.parts.taskQueries.list(CONTEXT, { agent: child }, { limit: 5 });
    expect(items.map(({ state }) => state)).toEqual(['canceled']);
  });

  it('reaches a sub-task that is just being made', async () => {
    const child = await runtime.program(factory, (context) => context.sleep(3_600_000));
    const parent = await runtime.program(factory, async (context) => {
      await context.code({ name: 'first', effect: 'once', run: () => null });
      await context.task({ agent: child, input: 'go' });
    });
    const storing = new Gate();
    const restore = intercept(factory.parts.eventStore, 'append', (append) => async (request) => {
      if (stores(request, 'StepWaiting')) await storing.pass();
      return append(request);
    });
    const task = await factory.submit(parent, 'go');
    await storing.reached();
    const over = recorded(factory, 'ExecutionCanceled', ({ streamId }) => streamId.endsWith(task.executionId!));
    await factory.cancel(task.id);
    for (let turns = 0; turns < 20; turns += 1) await new Promise(setImmediate);
    storing.open();
    await over;
    restore();
    const { items } = await factory.parts.taskQueries.list(CONTEXT, { agent: child }, { limit: 5 });
    expect(items.map(({ state }) => state)).toEqual(['canceled']);
  });

  it('is heard while the execution is only being loaded', async () => {
    const tool = hangingTool('read');
    const agent = await runtime.program(factory, (context) => call(context, tool.name).then(() => null), {
      tools: [tool.name],
    });
    const loading = new Gate();
    const { directory, jobQueue } = factory.parts;
    const claimAgain = stopClaiming(factory);
    const task = await factory.submit(agent, 'go');
    const loadAtOnce = intercept(
      directory,
      'version',
      (version) =>
        (...asked) =>
          loading.pass().then(() => version(...asked)),
    );
    claimAgain();
    const told = new Gate();
    const tellNoMore = intercept(jobQueue, 'claim', (claim) => async (...asked) => {
      const claimed = await claim(...asked);
      if (claimed.again.length > 0) setImmediate(() => void told.pass());
      return claimed;
    });
    jobQueue.wake();
    await loading.reached();
    const over = recorded(factory, 'ExecutionCanceled', ({ streamId }) => streamId.endsWith(task.executionId!));
    await factory.cancel(task.id);
    await told.reached();
    loadAtOnce();
    tellNoMore();
    loading.open();
    expect((await over).type).toBe('ExecutionCanceled');
  });

  it('or the end wins a race, never both, and nothing hangs', async () => {
    const states = new Set<string>();
    for (let round = 0; round < 30; round += 1) {
      const tool = new Gate();
      const agent = await runtime.program(factory, (context) =>
        context.code({ name: 'work', effect: 'once', run: () => tool.pass().then(() => null) }),
      );
      const task = await factory.submit(agent, 'go');
      await tool.reached();
      tool.open();
      for (let turns = round % 10; turns > 0; turns -= 1) await new Promise(setImmediate);
      const failure = await failureOf(factory.cancel(task.id));
      const { state } = await ended(factory, task.id);
      states.add(state);
      expect(failure).toMatch(state === 'canceled' ? /^it did not fail/ : /^TASK_FINISHED/);
    }
    expect([...states].every((state) => state === 'canceled' || state === 'completed')).toBe(true);
  });

  it('by the signal of a run cancels the task, also where it comes during the submission', async () => {
    const agent = await runtime.program(factory, (context) => context.sleep(3_600_000));
    const later = new AbortController();
    const running = factory.run(agent, 'go', { signal: later.signal });
    const suspended = recorded(factory, 'ExecutionSuspended');
    await suspended;
    later.abort();
    expect(await failureOf(running)).toMatch(/^EXECUTION_CANCELED/);
    const early = new AbortController();
    const submitted = recorded(factory, 'TaskSubmitted').then(() => early.abort());
    expect(await failureOf(factory.run(agent, 'go', { signal: early.signal }))).toMatch(/^EXECUTION_CANCELED/);
    await submitted;
  });
});

// requirement: R-EXECUTION-LIMITS
describe('limits', () => {
  it('of time end a run under way, and one that waits', async () => {
    const tool = hangingTool('once');
    const running = await runtime.program(factory, (context) => call(context, tool.name).then(() => null), {
      tools: [tool.name],
    });
    expect(await failureOf(factory.run(running, 'go', { limits: { wallTimeSeconds: 0.3 } }))).toMatch(
      /^EXECUTION_TIMEOUT/,
    );
    if (runtime.count(tool.name) > 0) await tool.aborted.reached();
    const waiting = await runtime.program(factory, (context) => context.sleep(3_600_000));
    const task = await factory.submit(waiting, 'go', { limits: { wallTimeSeconds: 1.2 } });
    const { data } = await recorded(factory, 'ExecutionSuspended', ({ streamId }) =>
      streamId.endsWith(task.executionId!),
    );
    expect(Date.parse(data['wakeAt'] as string) - Date.parse(task.createdAt)).toBeLessThan(2_000);
    expect(await factory.wait(task.id)).toMatchObject({ state: 'failed', error: { code: 'EXECUTION_TIMEOUT' } });
  });

  it('of time end sub-tasks along', async () => {
    const child = await runtime.program(factory, (context) => context.sleep(3_600_000));
    const parent = await runtime.program(
      factory,
      (context) => context.task({ agent: child, input: 'go' }).then(() => null),
      {
        limits: { wallTimeSeconds: 0.3 },
      },
    );
    expect(await failureOf(factory.run(parent, 'go'))).toMatch(/^EXECUTION_TIMEOUT/);
    const { items } = await factory.parts.taskQueries.list(CONTEXT, { agent: child }, { limit: 5 });
    expect(items.map(({ state }) => state)).toEqual(['canceled']);
  });
});
