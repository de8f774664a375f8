import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Gate } from '../../../tests/support/gate.ts';
import {
  CONTEXT,
  detailOf,
  ended,
  failureOf,
  intercept,
  recorded,
  Runtime,
} from '../../../tests/support/runtime-harness.ts';
import { callsThenAnswers } from '../../../tests/support/scripted-model.ts';
import { type ExecutionContext, type Factory, AppError } from '../../index.ts';

let runtime: Runtime;
let factory: Factory;
beforeAll(async () => {
  runtime = await Runtime.create();
  factory = await runtime.open();
});
afterAll(() => runtime.end());

const call = (context: ExecutionContext, name: string, value: number) =>
  context.tool({ type: 'tool-call', id: 'x', name, arguments: { value } });

/** Everything a replay must not touch. */
function counts(): readonly number[] {
  return [runtime.models.total, ...[...runtime.calls.values()].map((calls) => calls.length)];
}

async function replay(executionId: string | undefined) {
  const before = counts();
  const report = await factory.parts.executions.replay(CONTEXT, executionId ?? '');
  expect(counts()).toEqual(before);
  return report;
}

/** The fork's execution when it is over. */
async function forked(of: string | undefined, request: { at: string; input?: string; agent?: string }) {
  const over = overOf();
  const { id } = await factory.parts.executions.fork(CONTEXT, of ?? '', request);
  await over(id);
  return detailOf(factory, { executionId: id });
}

function overOf(): (id: string) => Promise<void> {
  const over = new Set<string>();
  let look = (): void => undefined;
  const stop = factory.parts.eventBus.onRecorded((events) => {
    for (const { type, streamId } of events) {
      if (/^Execution(?:Completed|Failed|Canceled)$/.test(type)) over.add(streamId.slice('execution-'.length));
    }
    look();
  });
  return (id) =>
    new Promise((resolve) => {
      look = () => {
        if (!over.has(id)) return;
        stop();
        resolve();
      };
      look();
    });
}

async function threeCalls() {
  const tool = runtime.tool({ effect: 'once', execute: ({ value }) => value });
  const agent = await runtime.agent(
    factory,
    ({ turn, prompt }) => {
      if (turn < 3) return { toolCalls: [{ name: tool, arguments: { value: turn } }] };
      const asked = prompt.find(({ role }) => role === 'user');
      return { text: `answer to ${JSON.stringify(asked?.content)}` };
    },
    { tools: [tool] },
  );
  return { tool, agent, ...(await factory.run(agent, 'first')) };
}

// requirement: R-EXECUTION-FORK
describe('fork', () => {
  it('at each step runs only what follows, and counts only that', async () => {
    const { tool, task } = await threeCalls();
    const origin = await detailOf(factory, task);
    for (const [index, { key }] of origin.timeline.entries()) {
      const calls = runtime.count(tool);
      const models = runtime.models.total;
      const fork = await forked(task.executionId, { at: key });
      const fresh = origin.timeline.slice(index);
      expect(fork).toMatchObject({ status: 'completed', forkOf: task.executionId, primary: false, taskId: task.id });
      expect(fork.timeline.map((step) => step.inherited)).toEqual(origin.timeline.map((_, at) => at < index));
      expect(fork.steps).toBe(fresh.length);
      expect(fork.output).toEqual(origin.output);
      const freshModels = fresh.filter(({ kind }) => kind === 'model').length;
      expect(fork.inputTokens).toBe(freshModels * 10);
      expect([runtime.count(tool) - calls, runtime.models.total - models]).toEqual([
        fresh.length - freshModels,
        freshModels,
      ]);
      expect(await replay(fork.id)).toMatchObject({ equal: true, deterministic: true, differences: [] });
    }
    expect((await factory.wait(task.id)).executionId).toBe(task.executionId);
    expect(await failureOf(forked(task.executionId, { at: '99' }))).toMatch(/^STEP_NOT_FOUND: .*its steps are 1, 2/);
    expect(await failureOf(forked('exec_unknown', { at: '1' }))).toMatch(/^EXECUTION_NOT_FOUND/);
  });

  it('may have another input, another agent, and be forked again', async () => {
    const { tool, task } = await threeCalls();
    const other = await forked(task.executionId, { at: '7', input: 'second' });
    expect(other.output?.text).toContain('second');
    const agent = await runtime.agent(factory, ({ turn }) => ({ text: `another after ${turn}` }), { tools: [tool] });
    const calls = runtime.count(tool);
    const changed = await forked(other.id, { at: '5', agent: `${agent}@1` });
    expect(changed).toMatchObject({
      status: 'completed',
      agent: { name: agent, version: 1 },
      output: { text: 'another after 2' },
    });
    expect(changed.forkOf).toBe(other.id);
    expect(changed.timeline.map(({ inherited }) => inherited)).toEqual([true, true, true, true, false]);
    expect(runtime.count(tool)).toBe(calls);
    expect(await replay(changed.id)).toMatchObject({ equal: true, deterministic: true });
  });

  it('of a failed, a canceled and a running execution goes on by itself', async () => {
    const gate = new Gate();
    let mode = 'fail';
    const tool = runtime.tool({ effect: 'once' });
    const agent = await runtime.program(
      factory,
      async (context) => {
        await call(context, tool, 1);
        const told = await context.code({ name: 'mode', effect: 'read', run: () => mode });
        if (told === 'fail') throw new Error('as told');
        if (told === 'wait')
          await context.code({ name: 'gate', effect: 'read', run: () => gate.pass().then(() => null) });
        return told;
      },
      { tools: [tool], limits: { wallTimeSeconds: 3_600 } },
    );
    const failed = await factory.submit(agent, 'go');
    await factory.wait(failed.id);
    mode = 'wait';
    const running = await factory.submit(agent, 'go');
    const canceled = await factory.submit(agent, 'go');
    await gate.reached(2);
    const over = recorded(factory, 'ExecutionCanceled');
    await factory.cancel(canceled.id);
    await over;
    mode = 'answer';
    for (const { executionId } of [failed, running, canceled]) {
      const fork = await forked(executionId, { at: '2' });
      expect(fork).toMatchObject({ status: 'completed', output: { text: 'answer' }, steps: 1 });
      expect(fork.timeline[0]).toMatchObject({ key: '1', inherited: true });
      expect(
        (
          await runtime.database.pool.query(
            `SELECT data->>'deadline' AS at FROM events WHERE stream_id = $1 AND version = 1`,
            [`execution-${fork.id}`],
          )
        ).rows[0],
      ).toMatchObject({ at: expect.any(String) });
    }
    expect(runtime.count(tool)).toBe(3);
    expect((await factory.wait(failed.id)).state).toBe('failed');
    gate.open();
    expect((await factory.wait(running.id)).output?.text).toBe('wait');
  });

  it('that waits where its origin waits is decided after it', async () => {
    const agent = await runtime.program(factory, async (context) => {
      await context.now();
      return JSON.stringify(await context.approval({ question: 'Well?' }));
    });
    const { task } = await factory.run(agent, 'go');
    const asked = recorded(factory, 'TaskInputRequired');
    const over = overOf();
    const fork = await factory.parts.executions.fork(CONTEXT, task.executionId ?? '', { at: '2' });
    await asked;
    await factory.resolve(task.id, { step: '2', decision: 'approve', comment: 'origin' });
    expect((await ended(factory, task.id)).output?.text).toContain('origin');
    await factory.resolve(task.id, { step: '2', decision: 'reject', comment: 'fork' });
    await over(fork.id);
    expect((await detailOf(factory, { executionId: fork.id })).output?.text).toContain('fork');
  });
});

// requirement: R-EXECUTION-REPLAY
describe('replay', () => {
  it('of a completed execution takes the same path, calls nothing, and gives the same hash', async () => {
    const { task } = await threeCalls();
    const report = await replay(task.executionId);
    expect(report).toMatchObject({
      equal: true,
      deterministic: true,
      differences: [],
      steps: 7,
      modelCalls: 0,
      toolCalls: 0,
    });
    expect(await replay(task.executionId)).toEqual(report);
  });

  it('of executions that failed in every way', async () => {
    const tool = runtime.tool({ execute: ({ value }) => value });
    const gate = new Gate();
    const react = await runtime.agent(factory, callsThenAnswers(tool, [{ value: 1 }, { value: 2 }, { value: 3 }]), {
      tools: [tool],
    });
    const rejected = await runtime.agent(factory, () => ({ throws: new AppError('MODEL_REJECTED', 'no') }));
    const thrown = await runtime.program(factory, async (context) => {
      await context.now();
      throw new Error('mine');
    });
    const slow = await runtime.program(factory, async (context) => {
      await context.now();
      await context.code({ name: 'slow', effect: 'read', run: () => gate.pass().then(() => null) });
    });
    for (const [agent, limits, code] of [
      [react, { tokens: 30 }, 'TOKEN_LIMIT_REACHED'],
      [react, { steps: 1 }, 'STEP_LIMIT_REACHED'],
      [rejected, {}, 'MODEL_REJECTED'],
      [thrown, {}, 'INTERNAL'],
      [slow, { wallTimeSeconds: 0.3 }, 'EXECUTION_TIMEOUT'],
    ] as const) {
      const { id, executionId } = await factory.submit(agent, 'go', { limits });
      expect((await factory.wait(id)).error?.code).toBe(code);
      expect(await replay(executionId)).toMatchObject({ equal: true, deterministic: true, differences: [] });
    }
  });

  it('of executions that run, are suspended and are canceled in the middle of a step', async () => {
    const gate = new Gate();
    const tool = runtime.tool({ effect: 'once', execute: () => gate.pass() });
    const agent = await runtime.program(
      factory,
      async (context) => {
        await context.now();
        await context.all<unknown>([(branch) => call(branch, tool, 1), (branch) => branch.sleep(3_600_000)]);
      },
      { tools: [tool] },
    );
    const task = await factory.submit(agent, 'go');
    await gate.reached();
    expect(await replay(task.executionId)).toMatchObject({ equal: true, deterministic: true, differences: [] });
    const suspended = recorded(factory, 'ExecutionSuspended');
    gate.open();
    await suspended;
    expect(await replay(task.executionId)).toMatchObject({ equal: true, deterministic: true, differences: [] });
    const closed = new Gate();
    const hanging = await runtime.program(factory, (context) =>
      context.code({ name: 'hang', effect: 'read', run: () => closed.pass().then(() => null) }),
    );
    const canceled = await factory.submit(hanging, 'go');
    await closed.reached();
    const over = recorded(factory, 'ExecutionCanceled');
    await factory.cancel(canceled.id);
    await over;
    expect(await replay(canceled.executionId)).toMatchObject({ equal: true, deterministic: true, differences: [] });
  });

  it('of an execution that ends meanwhile compares one moment', async () => {
    const gate = new Gate();
    const agent = await runtime.program(factory, (context) =>
      context.code({ name: 'gate', effect: 'read', run: () => gate.pass().then(() => null) }),
    );
    const task = await factory.submit(agent, 'go');
    await gate.reached();
    const queries = factory.parts.executionQueries as unknown as { stored: (...asked: unknown[]) => Promise<unknown> };
    const restore = intercept(queries, 'stored', (stored) => async (...asked) => {
      gate.open();
      await factory.wait(task.id);
      return stored(...asked);
    });
    const report = await factory.parts.executions.replay(CONTEXT, task.executionId ?? '');
    restore();
    expect(report).toMatchObject({ equal: true, deterministic: true, differences: [], steps: 1 });
  });

  it('names what was tampered with', async () => {
    const { pool } = runtime.database;
    const { task } = await threeCalls();
    await pool.query(`UPDATE executions SET status = 'failed', steps = 6, input_tokens = 1 WHERE id = $1`, [
      task.executionId,
    ]);
    const report = await replay(task.executionId);
    expect(report).toMatchObject({ equal: false, deterministic: true });
    expect(report.differences).toEqual([
      'status: the log says "completed", the read model "failed"',
      'steps: the log says 7, the read model 6',
      'inputTokens: the log says 40, the read model 1',
    ]);
    const tampered = async (version: number, from: string, to: string) => {
      const copy = (await threeCalls()).task;
      await pool.query(
        'UPDATE events SET data = replace(data::text, $3, $4)::json WHERE stream_id = $1 AND version = $2',
        [`execution-${copy.executionId}`, version, from, to],
      );
      const { deterministic, differences } = await replay(copy.executionId);
      expect(deterministic).toBe(false);
      return differences.join('; ');
    };
    const types = await pool.query<{ version: number; type: string }>(
      'SELECT version, type FROM events WHERE stream_id = $1 ORDER BY version',
      [`execution-${task.executionId}`],
    );
    const last = types.rows.length;
    expect(await tampered(last, 'answer to', 'other answer to')).toBe(
      'the code came to another answer than the one recorded',
    );
    expect(await tampered(2, '"name":"tool', '"name":"pool')).toMatch(
      /^step 2 is tool tool-\d+ in the journal, but the code asks for tool pool-\d+$/,
    );
    expect(await tampered(2, '"tool-call"', '"text","text":"ended"')).toContain(
      'in the journal, but the code ended without it',
    );
  });
});
