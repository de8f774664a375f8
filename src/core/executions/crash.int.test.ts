import { describe, expect, it } from 'vitest';

import { Gate } from '../../../tests/support/gate.ts';
import {
  detailOf,
  ended,
  eventsOf,
  inRuntime,
  intercept,
  recorded,
  type Runtime,
  stepsOf,
  stores,
} from '../../../tests/support/runtime-harness.ts';
import { callsThenAnswers } from '../../../tests/support/scripted-model.ts';
import { defineTool, type Factory, type TaskView, type Tool } from '../../index.ts';
import type { RecordedEvent } from '../../kernel/event.ts';

/** A runtime of its own, because what crashes takes everything of its database along. */
const isOf =
  (key: string) =>
  ({ data }: RecordedEvent): boolean =>
    data['key'] === key;

async function typesOf(factory: Factory, task: Pick<TaskView, 'executionId'>): Promise<readonly string[]> {
  return (await eventsOf(factory, task.executionId ?? '')).map(({ type }) => type);
}

/** A task whose `once` tool was interrupted by a crash after it took effect. */
async function interrupted(runtime: Runtime, factory: Factory, script: Parameters<Runtime['tool']>[0] = {}) {
  const gate = new Gate();
  const tool = runtime.tool({
    effect: 'once',
    execute: async () => {
      await gate.pass();
      return 'sent';
    },
    ...script,
  });
  const agent = await runtime.agent(
    factory,
    ({ turn, last }) => (turn === 0 ? { toolCalls: [{ name: tool, arguments: { value: 7 } }] } : { text: last }),
    { tools: [tool] },
  );
  const task = await factory.submit(agent, 'send it');
  await gate.reached();
  await runtime.crash(factory);
  gate.open();
  return { tool, task };
}

describe('after a crash', () => {
  // requirement: R-EXECUTION-REPLAYS, R-EXECUTION-KILL
  it('what the journal holds is not done again: model, read, idempotent and once', () =>
    inRuntime(async (runtime, first) => {
      const gate = new Gate();
      const tools = [runtime.tool(), runtime.tool({ effect: 'idempotent' }), runtime.tool({ effect: 'once' })];
      const last = runtime.tool({ execute: () => gate.pass() });
      const agent = await runtime.agent(
        first,
        ({ turn }) =>
          turn < 3
            ? { toolCalls: [{ name: tools[turn]! }] }
            : turn === 3
              ? { toolCalls: [{ name: last }] }
              : { text: 'all done' },
        { tools: [...tools, last] },
      );
      const answered = recorded(first, 'StepCompleted', isOf('7'));
      const task = await first.submit(agent, 'go');
      await Promise.all([answered, gate.reached()]);
      await runtime.crash(first);
      gate.open();
      const second = await runtime.open();
      expect((await second.wait(task.id)).output?.text).toBe('all done');
      expect(tools.map((tool) => runtime.count(tool))).toEqual([1, 1, 1]);
      expect(runtime.count(last)).toBe(2);
      expect(runtime.models.total).toBe(5);
      expect(stepsOf(await detailOf(second, task)).every((step) => step.endsWith('completed'))).toBe(true);
    }));

  it('a model call that was under way is made again', () =>
    inRuntime(async (runtime, first) => {
      const gate = new Gate();
      const agent = await runtime.agent(first, async ({ number }) => {
        if (number === 1) await gate.pass();
        return { text: `answer ${number}` };
      });
      const task = await first.submit(agent, 'go');
      await gate.reached();
      await runtime.crash(first);
      gate.open();
      const second = await runtime.open();
      expect((await second.wait(task.id)).output?.text).toBe('answer 2');
      expect((await detailOf(second, task)).steps).toBe(1);
    }));

  // requirement: R-EXECUTION-PARALLEL
  it('branches go on where each of them was', () =>
    inRuntime(async (runtime, first) => {
      const gate = new Gate();
      const tool = runtime.tool({
        effect: 'idempotent',
        execute: async ({ value }) => (value === 2 ? gate.pass().then(() => 2) : value),
      });
      const agent = await runtime.agent(
        first,
        ({ turn, prompt }) =>
          turn === 0
            ? { toolCalls: [0, 1, 2].map((value) => ({ name: tool, arguments: { value } })) }
            : {
                text: JSON.stringify(
                  prompt.flatMap((message) =>
                    message.role === 'tool'
                      ? message.content.map((part) => part.type === 'tool-result' && part.output)
                      : [],
                  ),
                ),
              },
        { tools: [tool] },
      );
      const done = Promise.all(['2.0.1', '2.1.1'].map((key) => recorded(first, 'StepCompleted', isOf(key))));
      const task = await first.submit(agent, 'go');
      await Promise.all([gate.reached(), done]);
      await runtime.crash(first);
      gate.open();
      const second = await runtime.open();
      const { output } = await second.wait(task.id);
      expect((JSON.parse(output?.text ?? '') as { value: number }[]).map(({ value }) => value)).toEqual([0, 1, 2]);
      expect(runtime.calls.get(tool)?.map(({ input }) => input.value)).toEqual([0, 1, 2, 2]);
    }));

  it('an answer that was not stored is worked out from the journal, and an end that was stored stays', () =>
    inRuntime(async (runtime, first) => {
      const tool = runtime.tool();
      const agent = await runtime.agent(first, callsThenAnswers(tool, [{}]), { tools: [tool] });
      const end = new Gate();
      intercept(first.parts.eventStore, 'append', (append) => async (request) => {
        if (!stores(request, 'ExecutionCompleted')) return append(request);
        await end.pass();
        throw new Error('the process is dead');
      });
      const task = await first.submit(agent, 'go');
      await end.reached();
      const crashed = runtime.crash(first);
      end.open();
      await crashed;
      const second = await runtime.open();
      expect((await second.wait(task.id)).output?.text).toBe('done');
      await runtime.crash(second);
      const third = await runtime.open();
      await third.parts.jobQueue.enqueue([{ queue: 'advance', subject: task.executionId ?? '' }]);
      const again = await runtime.agent(third, () => ({ text: 'another' }));
      await third.run(again, 'go');
      expect((await third.wait(task.id)).output?.text).toBe('done');
      expect((await typesOf(third, task)).filter((type) => type === 'ExecutionCompleted')).toHaveLength(1);
    }));
});

// requirement: R-EXECUTION-ONCE
describe('an interrupted once call', () => {
  it.each([
    ['done', { decision: 'done', result: { receipt: 1 } }, '{"type":"json","value":{"receipt":1}}', 1],
    ['retry', { decision: 'retry' }, 'sent', 2],
    ['fail', { decision: 'fail', comment: 'lost' }, 'lost', 1],
  ] as const)('waits for a person, who says %s', (_name, decision, answer, calls) =>
    inRuntime(async (runtime, first) => {
      const { tool, task } = await interrupted(runtime, first);
      const second = await runtime.open();
      const waiting = await second.wait(task.id);
      expect(waiting).toMatchObject({ state: 'input-required', waiting: [{ kind: 'outcome-unknown', step: '2' }] });
      expect(runtime.count(tool)).toBe(1);
      // The wait itself survives a restart.
      await runtime.crash(second);
      const third = await runtime.open();
      await expect(third.resolve(task.id, { decision: 'approve' })).rejects.toMatchObject({
        code: 'VALIDATION_FAILED',
      });
      await third.resolve(task.id, { step: '2', ...decision });
      const over = await ended(third, task.id);
      expect(over.output?.text).toContain(answer);
      expect(over.waiting).toEqual([]);
      expect(runtime.count(tool)).toBe(calls);
    }),
  );

  it('that is interrupted again is decided again, each time for itself', () =>
    inRuntime(async (runtime, first) => {
      const gates = [new Gate(), new Gate()];
      const { tool, task } = await (async () => {
        const name = runtime.tool({ effect: 'once', execute: () => gates[runtime.count(name) - 1]!.pass() });
        const agent = await runtime.agent(first, callsThenAnswers(name, [{}]), { tools: [name] });
        return { tool: name, task: await first.submit(agent, 'send it') };
      })();
      await gates[0]?.reached();
      await runtime.crash(first);
      const second = await runtime.open();
      await second.wait(task.id);
      await second.resolve(task.id, { decision: 'retry' });
      await gates[1]?.reached();
      await runtime.crash(second);
      const third = await runtime.open();
      const asked = await third.wait(task.id);
      expect(asked.waiting.map(({ step }) => step)).toEqual(['2']);
      await third.resolve(task.id, { decision: 'done', result: 'seen' });
      expect((await ended(third, task.id)).state).toBe('completed');
      expect(runtime.count(tool)).toBe(2);
      const { timeline } = await detailOf(third, task);
      expect(timeline[1]?.output).toBe('seen');
    }));

  it.each([
    [{ outcome: 'done', result: 'found it' } as const, 'found it', 1],
    [{ outcome: 'not-done' } as const, 'sent', 2],
  ])('is settled by the tool itself: %o', (reconciliation, answer, calls) =>
    inRuntime(async (runtime, first) => {
      const { tool, task } = await interrupted(runtime, first, { reconcile: async () => reconciliation });
      const second = await runtime.open();
      const over = await second.wait(task.id);
      expect(over.state).toBe('completed');
      expect(over.output?.text).toContain(answer);
      expect(runtime.count(tool)).toBe(calls);
    }),
  );

  it.each([
    ['does not know', async () => ({ outcome: 'unknown' }) as const],
    ['fails', () => Promise.reject(new Error('no connection'))],
    ['talks nonsense', async () => undefined as never],
  ])('is left to a person where the tool %s', (_name, reconcile) =>
    inRuntime(async (runtime, first) => {
      const { tool, task } = await interrupted(runtime, first, { reconcile });
      const second = await runtime.open();
      expect((await second.wait(task.id)).state).toBe('input-required');
      expect(runtime.count(tool)).toBe(1);
    }),
  );

  it.each([
    ['is gone', undefined],
    ['has changed', { parameters: { type: 'object', properties: { other: {} } } }],
  ])('is left to a person where the tool %s', (_name, change) =>
    inRuntime(async (runtime, first) => {
      const { tool, task } = await interrupted(runtime, first);
      const changed: Tool = {
        name: tool,
        description: 'x',
        effect: 'once',
        parameters: {},
        execute: () => 'x',
        ...change,
      };
      runtime.replaceTool(tool, change === undefined ? undefined : defineTool(changed));
      const second = await runtime.open();
      expect(await second.wait(task.id)).toMatchObject({ state: 'input-required', waiting: [{ step: '2' }] });
      await second.resolve(task.id, { decision: 'retry' });
      const over = await ended(second, task.id);
      expect(over.output?.text).toContain(change === undefined ? 'TOOL_NOT_FOUND' : 'TOOL_CHANGED');
      expect(runtime.count(tool)).toBe(1);
    }),
  );
});

describe('a once call that does not answer in time', () => {
  it('is told to no model as failed, but decided by a person', () =>
    inRuntime(async (runtime, factory) => {
      const tool = runtime.tool({
        effect: 'once',
        timeoutMilliseconds: 20,
        execute: () => (runtime.count(tool) === 1 ? new Promise(() => {}) : 'sent'),
      });
      const agent = await runtime.agent(
        factory,
        ({ turn, last }) => (turn === 0 ? { toolCalls: [{ name: tool, arguments: {} }] } : { text: last }),
        { tools: [tool] },
      );
      const task = await factory.submit(agent, 'send it');
      expect(await factory.wait(task.id)).toMatchObject({
        state: 'input-required',
        waiting: [{ kind: 'outcome-unknown', step: '2' }],
      });
      expect(runtime.count(tool)).toBe(1);
      await factory.resolve(task.id, { decision: 'retry' });
      expect((await ended(factory, task.id)).output?.text).toContain('sent');
      expect(runtime.count(tool)).toBe(2);
    }));

  it('is settled by the tool, if it can tell', () =>
    inRuntime(async (runtime, factory) => {
      const tool = runtime.tool({
        effect: 'once',
        timeoutMilliseconds: 20,
        execute: () => new Promise(() => {}),
        reconcile: async () => ({ outcome: 'done', result: 'it went out' }),
      });
      const agent = await runtime.agent(
        factory,
        ({ turn, last }) => (turn === 0 ? { toolCalls: [{ name: tool, arguments: {} }] } : { text: last }),
        { tools: [tool] },
      );
      const { text } = await factory.run(agent, 'send it');
      expect(text).toContain('it went out');
      expect(runtime.count(tool)).toBe(1);
    }));
});

describe('an interrupted idempotent call', () => {
  it('is made again with the same key, and intended once', () =>
    inRuntime(async (runtime, first) => {
      const { tool, task } = await interrupted(runtime, first, { effect: 'idempotent' });
      const second = await runtime.open();
      expect((await second.wait(task.id)).output?.text).toContain('sent');
      const keys = runtime.calls.get(tool)?.map(({ context }) => context.idempotencyKey);
      expect(keys).toHaveLength(2);
      expect(new Set(keys).size).toBe(1);
      expect((await typesOf(second, task)).filter((type) => type === 'StepIntended')).toHaveLength(1);
    }));
});
