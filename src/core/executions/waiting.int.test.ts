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
  stepsOf,
  stopClaiming,
} from '../../../tests/support/runtime-harness.ts';
import { AppError, type Factory } from '../../index.ts';

let runtime: Runtime;
let factory: Factory;
beforeAll(async () => {
  runtime = await Runtime.create();
  factory = await runtime.open();
});
afterAll(() => runtime.end());

async function typesOf(task: { readonly executionId?: string | undefined }): Promise<readonly string[]> {
  return (await eventsOf(factory, task.executionId ?? '')).map(({ type }) => type);
}

describe('a first step that takes a while', () => {
  it('is made by a task that is working', async () => {
    const gate = new Gate();
    const agent = await runtime.program(factory, (context) =>
      context.code({ name: 'gate', effect: 'read', run: () => gate.pass().then(() => null) }),
    );
    const started = recorded(factory, 'TaskStarted');
    const task = await factory.submit(agent, 'go');
    await started;
    expect((await factory.parts.taskQueries.get(CONTEXT, task.id)).state).toBe('working');
    expect(await typesOf(task)).toEqual(['ExecutionStarted']);
    gate.open();
    expect((await factory.wait(task.id)).state).toBe('completed');
    const types = (await eventsOf(factory, `task-${task.id}`)).map(({ type }) => type);
    expect(types).toEqual(['TaskSubmitted', 'TaskStarted', 'TaskCompleted']);
  });
});

// requirement: R-EXECUTION-SLEEP
describe('sleep', () => {
  it('that is short is sat out in memory', async () => {
    const agent = await runtime.program(factory, (context) => context.sleep(30));
    const { task } = await factory.run(agent, 'go');
    expect(await typesOf(task)).toEqual(['ExecutionStarted', 'StepWaiting', 'StepCompleted', 'ExecutionCompleted']);
  });

  it('that is long lets the execution go, and two in parallel take as long as the longer one', async () => {
    const agent = await runtime.program(factory, async (context) => {
      // Far enough from the second that is sat out in memory, also where the machine is busy.
      await context.all([(branch) => branch.sleep(2_000), (branch) => branch.sleep(2_050)]);
      return 'awake';
    });
    const suspended = recorded(factory, 'ExecutionSuspended');
    const task = await factory.submit(agent, 'go');
    expect((await suspended).data).toMatchObject({ steps: ['1.0.1', '1.1.1'], wakeAt: expect.any(String) });
    expect((await factory.wait(task.id)).output?.text).toBe('awake');
    const { timeline } = await detailOf(factory, task);
    expect(timeline.map(({ durationMilliseconds = 0 }) => durationMilliseconds >= 2_000)).toEqual([true, true]);
  });

  it.each([-1, Number.NaN, 1e15])('of %s ms is refused', async (milliseconds) => {
    const agent = await runtime.program(factory, (context) => context.sleep(milliseconds));
    expect(await failureOf(factory.run(agent, 'go'))).toMatch(/^VALIDATION_FAILED: sleep/);
  });

  it('goes on after a restart, at its time', async () => {
    const own = await Runtime.create();
    const first = await own.open();
    const agent = await own.program(first, async (context) => {
      const before = await context.now();
      await context.sleep(2_000);
      return (await context.now()).getTime() - before.getTime();
    });
    const suspended = recorded(first, 'ExecutionSuspended');
    const task = await first.submit(agent, 'go');
    await suspended;
    await own.crash(first);
    const second = await own.open();
    expect(Number((await second.wait(task.id)).output?.text)).toBeGreaterThanOrEqual(2_000);
    await own.end();
  });
});

// requirement: R-EXECUTION-APPROVAL
describe('approval', () => {
  it.each([
    ['approve', true],
    ['reject', false],
  ] as const)('%s reaches the code, with its comment and by whom', async (decision, approved) => {
    const agent = await runtime.program(factory, async (context) => ({
      ...(await context.approval({ question: 'May I?', details: { amount: 7 } })),
    }));
    const { task } = await factory.run(agent, 'go');
    expect(task).toMatchObject({
      state: 'input-required',
      waiting: [{ kind: 'approval', step: '1', question: 'May I?', details: { amount: 7 } }],
    });
    expect(await failureOf(factory.resolve(task.id, { decision: 'done' }))).toMatch(/^VALIDATION_FAILED: .*approve/);
    expect(await failureOf(factory.resolve(task.id, { step: '9', decision }))).toMatch(/^TASK_NOT_WAITING/);
    await factory.resolve(task.id, { decision, comment: 'so be it' });
    const over = await ended(factory, task.id);
    expect(JSON.parse(over.output?.text ?? '')).toEqual({ approved, comment: 'so be it', by: 'system' });
    expect(await failureOf(factory.resolve(task.id, { decision }))).toMatch(/^TASK_NOT_WAITING/);
  });

  it('of several branches is asked for by step, and none is asked again', async () => {
    const agent = await runtime.program(factory, async (context) => {
      const given = await context.all(['a', 'b'].map((question) => (branch) => branch.approval({ question })));
      return given.map(({ approved }) => approved);
    });
    const { task } = await factory.run(agent, 'go');
    const both = await waitingFor(task.id, 2);
    expect(both).toEqual(['1.0.1', '1.1.1']);
    expect(await failureOf(factory.resolve(task.id, { decision: 'approve' }))).toMatch(/name one of 1.0.1, 1.1.1/);
    await factory.resolve(task.id, { step: '1.1.1', decision: 'reject' });
    expect(await waitingFor(task.id, 1)).toEqual(['1.0.1']);
    await factory.resolve(task.id, { step: '1.0.1', decision: 'approve' });
    expect((await ended(factory, task.id)).output?.text).toBe('[true,false]');
  });

  it('that was just given is not asked for again by another branch that begins to wait', async () => {
    const begin = new Gate();
    const agent = await runtime.program(factory, async (context) => {
      await context.all<unknown>([
        (branch) => branch.approval({ question: 'first' }),
        async (branch) => {
          await branch.code({ name: 'wait', effect: 'read', run: () => begin.pass().then(() => null) });
          await branch.approval({ question: 'second' });
        },
      ]);
    });
    const task = await factory.submit(agent, 'go');
    await Promise.all([factory.wait(task.id), begin.reached()]);
    // The decision is stored, but its execution is not told before the second branch asks.
    const publishAgain = intercept(factory.parts.eventBus, 'publishRecorded', () => () => undefined);
    const claimAgain = stopClaiming(factory);
    await factory.resolve(task.id, { step: '1.0.1', decision: 'approve' });
    publishAgain();
    const asked = recorded(factory, 'TaskInputRequired');
    begin.open();
    expect((await asked).data['waiting']).toMatchObject([{ step: '1.1.2' }]);
    claimAgain();
    await factory.resolve(task.id, { decision: 'approve' });
    expect((await ended(factory, task.id)).state).toBe('completed');
  });
});

async function waitingFor(taskId: string, count: number): Promise<readonly string[]> {
  for (;;) {
    const changed = recorded(factory, 'TaskInputRequired');
    const { waiting } = await factory.wait(taskId);
    if (waiting.length === count) return waiting.map(({ step }) => step);
    await changed;
  }
}

describe('all', () => {
  it('gives the first failure of the program, after every branch has ended', async () => {
    const tool = runtime.tool();
    const agent = await runtime.program(
      factory,
      async (context) => {
        await context.all([
          async (branch) => {
            await branch.tool({ type: 'tool-call', id: 'a', name: tool, arguments: {} });
            throw new Error('the first');
          },
          async () => {
            throw new Error('the second');
          },
          async (branch) => branch.tool({ type: 'tool-call', id: 'b', name: tool, arguments: {} }),
        ]);
      },
      { tools: [tool] },
    );
    const task = await factory.submit(agent, 'go');
    const { error } = await factory.wait(task.id);
    expect(error?.message).toBe('the first');
    expect(stepsOf(await detailOf(factory, task))).toEqual([
      `1.0.1 tool ${tool} completed`,
      `1.2.1 tool ${tool} completed`,
    ]);
  });

  it('nests, and may have no branches', async () => {
    const agent = await runtime.program(factory, async (context) => {
      const none = await context.all<number>([]);
      const nested = await context.all<number[]>([
        (outer) =>
          outer.all(
            [0, 1].map((value) => (inner) => inner.code({ name: `n${value}`, effect: 'read', run: () => value })),
          ),
        async (outer) => [await outer.code({ name: 'n2', effect: 'read', run: () => 2 })],
      ]);
      await context.code({ name: 'last', effect: 'read', run: () => 3 });
      return [none, ...nested];
    });
    const { text, task } = await factory.run(agent, 'go');
    expect(text).toBe('[[],[0,1],[2]]');
    const { timeline } = await detailOf(factory, task);
    expect(timeline.map(({ key }) => key)).toEqual(['2.0.1.0.1', '2.0.1.1.1', '2.1.1', '3']);
  });

  it('is not let go while a branch awaits something outside of the context', async () => {
    const outside = new Gate();
    const tool = runtime.tool();
    const agent = await runtime.program(
      factory,
      async (context) => {
        await context.all<unknown>([
          (branch) => branch.approval({ question: 'May I?' }),
          async (branch) => {
            await outside.pass();
            return branch.tool({ type: 'tool-call', id: 'a', name: tool, arguments: {} });
          },
        ]);
      },
      { tools: [tool] },
    );
    const called = recorded(factory, 'StepCompleted', ({ data }) => data['key'] === '1.1.1');
    const task = await factory.submit(agent, 'go');
    await factory.wait(task.id);
    for (let turns = 0; turns < 5; turns += 1) await new Promise(setImmediate);
    outside.open();
    await called;
    await factory.resolve(task.id, { decision: 'approve' });
    expect((await ended(factory, task.id)).state).toBe('completed');
  });
});

describe('code', () => {
  it.each(['read', 'idempotent', 'once'] as const)('is a step of effect %s, journalled by it', async (effect) => {
    const agent = await runtime.program(factory, (context) =>
      context.code({
        name: 'work',
        effect,
        run: ({ idempotencyKey }) => ({ at: undefined, key: idempotencyKey.length }) as never,
      }),
    );
    const { text, task } = await factory.run(agent, 'go');
    expect(text).toBe('{"key":64}');
    const intents = (await typesOf(task)).filter((type) => type === 'StepIntended');
    expect(intents).toHaveLength(effect === 'read' ? 0 : 1);
  });

  it('fails with what it threw, whatever that says of the runtime itself', async () => {
    for (const code of [
      'EXECUTION_CANCELED',
      'SHUTTING_DOWN',
      'CONCURRENCY_CONFLICT',
      'DATABASE_UNAVAILABLE',
    ] as const) {
      const agent = await runtime.program(factory, (context) =>
        context.code({
          name: 'work',
          effect: 'read',
          run: () => {
            throw new AppError(code, 'mine');
          },
        }),
      );
      const task = await factory.submit(agent, 'go');
      expect(await factory.wait(task.id)).toMatchObject({ state: 'failed', error: { code, message: 'mine' } });
    }
  });

  it('is ended when the time of a step is over', async () => {
    const agent = await runtime.program(
      factory,
      (context) => context.code({ name: 'work', effect: 'read', run: () => new Promise<null>(() => {}) }),
      { limits: { stepTimeoutSeconds: 0.02 } },
    );
    expect(await failureOf(factory.run(agent, 'go'))).toMatch(/^STEP_TIMEOUT: work/);
  });
});

describe('a strategy', () => {
  it.each([
    [
      'throws before it returns a promise',
      () => {
        throw new Error('at once');
      },
      'INTERNAL: at once',
    ],
    ['returns nothing', async () => undefined as never, 'INTERNAL: strategy odd ended without {content: [...]}'],
  ])('that %s fails its execution', async (_name, run, failure) => {
    const own = await Runtime.create();
    const odd = { name: 'odd', version: 1, description: 'Odd.', parseParameters: () => ({}), run };
    const opened = await own.open({ strategies: [odd] });
    const agent = await own.agent(opened, () => ({ text: '' }), { strategy: { name: 'odd' } });
    expect(await failureOf(opened.run(agent, 'go'))).toBe(failure);
    await own.end();
  });
});
