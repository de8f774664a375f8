import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Gate } from '../../../tests/support/gate.ts';
import {
  CONTEXT,
  detailOf,
  intercept,
  recorded,
  Runtime,
  stopClaiming,
} from '../../../tests/support/runtime-harness.ts';
import { callsThenAnswers } from '../../../tests/support/scripted-model.ts';
import { AppError, type ExecutionContext, type Factory } from '../../index.ts';

let runtime: Runtime;
let factory: Factory;
beforeAll(async () => {
  runtime = await Runtime.create();
  factory = await runtime.open();
});
afterAll(() => runtime.end());

const call = (context: ExecutionContext, name: string, value: unknown) =>
  context.tool({ type: 'tool-call', id: 'x', name, arguments: { value } as never });

// requirement: R-EXECUTION-LARGE-RESULT
describe('large results', () => {
  it('of models and tools survive the log and a restart', async () => {
    const own = await Runtime.create();
    const first = await own.open();
    const thought = '√'.repeat(100_000);
    const page = 'ä'.repeat(200_000);
    const gate = new Gate();
    const tool = own.tool({ execute: ({ value }) => (value === 'page' ? page : gate.pass()) });
    const agent = await own.agent(
      first,
      ({ turn, prompt }) =>
        turn < 2
          ? { text: thought, toolCalls: [{ name: tool, arguments: { value: turn === 0 ? 'page' : 'gate' } }] }
          : { text: JSON.stringify(prompt).replaceAll('ä', 'a') },
      { tools: [tool] },
    );
    const answered = recorded(first, 'StepCompleted', ({ data }) => data['key'] === '3');
    const task = await first.submit(agent, 'go');
    await Promise.all([gate.reached(), answered]);
    await own.crash(first);
    gate.open();
    const second = await own.open();
    const text = (await second.wait(task.id)).output?.text ?? '';
    expect(text).toContain('a'.repeat(200_000));
    expect(text).toContain(thought);
    expect(own.models.total).toBe(3);
    await own.end();
  });
});

describe('a long run', () => {
  it('writes as much for its thousandth step as for its hundredth', async () => {
    const tool = runtime.tool({ execute: ({ value }) => ({ page: value, text: 'x'.repeat(200) }) });
    const bytesOf = async (turns: number) => {
      const each = Array.from({ length: turns }, (_, value) => ({ value }));
      const agent = await runtime.agent(factory, callsThenAnswers(tool, each), {
        tools: [tool],
        limits: { steps: 5_000 },
        strategy: { name: 'react', parameters: { maxTurns: 5_000 } },
      });
      const { task } = await factory.run(agent, 'go');
      expect((await detailOf(factory, task)).steps).toBe(2 * turns + 1);
      const { rows } = await runtime.database.pool.query<{ bytes: number; longest: number }>(
        'SELECT sum(length(data::text))::int AS bytes, max(length(data::text))::int AS longest FROM events WHERE stream_id = $1',
        [`execution-${task.executionId}`],
      );
      return { perStep: rows[0]!.bytes / (2 * turns + 1), longest: rows[0]!.longest };
    };
    const short = await bytesOf(50);
    const long = await bytesOf(500);
    expect(long.perStep).toBeLessThan(short.perStep * 1.1);
    expect(long.longest).toBeLessThan(short.longest * 1.1);
  });
});

describe('many executions at once', () => {
  it('over few slots and few connections all end', async () => {
    const own = await Runtime.create();
    const few = await own.open({ concurrency: 8 });
    few.parts.database.pool.options.max = 4;
    const tool = own.tool({ effect: 'once', execute: ({ value }) => value });
    const child = await own.agent(few, () => ({ text: 'of the child' }));
    const agent = await own.program(
      few,
      async (context) => {
        await call(context, tool, 1);
        const both = await context.all<unknown>([
          (branch) => branch.task({ agent: child, input: 'x' }),
          (branch) => branch.model({ messages: [] }),
        ]);
        return both.length;
      },
      { tools: [tool] },
    );
    const tasks = await Promise.all(Array.from({ length: 200 }, () => few.submit(agent, 'go')));
    const ended = await Promise.all(tasks.map(({ id }) => few.wait(id)));
    expect(new Set(ended.map(({ state, output }) => `${state} ${output?.text}`))).toEqual(new Set(['completed 2']));
    expect(own.count(tool)).toBe(200);
    expect(own.models.total).toBe(400);
    const { rows } = await own.database.pool.query('SELECT count(*)::int AS n FROM claims');
    expect(rows).toEqual([{ n: 0 }]);
    await own.end();
  });
});

describe('a database that goes away', () => {
  it('behind the append of a task leaves its submission answered', async () => {
    const agent = await runtime.agent(factory, () => ({ text: 'said' }));
    const goOn = stopClaiming(factory);
    const comeBack = intercept(factory.parts.taskQueries, 'get', () => () => {
      throw new AppError('DATABASE_UNAVAILABLE', 'away');
    });
    const task = await factory.submit(agent, 'go');
    comeBack();
    expect(task).toEqual(await factory.parts.taskQueries.get(CONTEXT, task.id));
    expect(task.state).toBe('submitted');
    goOn();
    factory.parts.jobQueue.wake();
    expect((await factory.wait(task.id)).state).toBe('completed');
  });

  it('again and again is waited for, and nothing is done twice', async () => {
    const own = await Runtime.create();
    const opened = await own.open();
    const { pool } = own.database;
    const submitted = new Gate();
    const tool = own.tool({ effect: 'once', execute: ({ value }) => submitted.pass().then(() => value) });
    const child = await own.program(
      opened,
      async (context) => {
        await call(context, tool, 'child');
        return 'of the child';
      },
      { tools: [tool] },
    );
    const agent = await own.program(
      opened,
      async (context) => {
        for (let round = 0; round < 2; round += 1) {
          await call(context, tool, round);
          await context.task({ agent: child, input: 'x' });
          await context.sleep(20);
        }
        return 'through';
      },
      { tools: [tool] },
    );
    const tasks = await Promise.all(Array.from({ length: 4 }, () => opened.submit(agent, 'go')));
    const ends = Promise.all(tasks.map(({ id }) => opened.wait(id)));
    let isOver = false;
    const over = ends.then(() => (isOver = true));
    let outages = 0;
    const away = (async () => {
      for (;;) {
        const step = recorded(opened, 'StepCompleted');
        submitted.open();
        await Promise.race([step, over]);
        if (isOver) return;
        outages += 1;
        await pool.query(
          'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
        );
      }
    })();
    const ended = await ends;
    await away;
    expect(outages).toBeGreaterThan(0);
    expect(new Set(ended.map(({ state, output, error }) => `${state} ${output?.text ?? error?.message}`))).toEqual(
      new Set(['completed through']),
    );
    expect(own.count(tool)).toBe(16);
    await own.end();
  });
});
