import { describe, expect, it } from 'vitest';

import { Gate } from '../../../tests/support/gate.ts';
import {
  CONTEXT,
  detailOf,
  ended,
  eventsOf,
  inRuntime,
  recorded,
  type Runtime,
  stepsOf,
  type Program,
} from '../../../tests/support/runtime-harness.ts';
import { callsThenAnswers } from '../../../tests/support/scripted-model.ts';
import type { ExecutionContext, Factory, Strategy } from '../../index.ts';

const call = (context: ExecutionContext, name: string, value: number) =>
  context.tool({ type: 'tool-call', id: 'x', name, arguments: { value } });

/** Runs one program up to its approval, then another over its journal. */
async function changed(
  runtime: Runtime,
  first: Factory,
  programs: { readonly before: (tool: string) => Program; readonly after: (tool: string) => Program },
) {
  const tool = runtime.tool({ effect: 'once' });
  const agent = await runtime.program(first, programs.before(tool), { tools: [tool, runtime.tool({}, 'other-tool')] });
  const suspended = recorded(first, 'ExecutionSuspended');
  const task = await first.submit(agent, 'go');
  await suspended;
  const calls = runtime.count(tool);
  await runtime.changeProgram(first, agent, programs.after(tool));
  await runtime.crash(first);
  const second = await runtime.open();
  await second.resolve(task.id, { decision: 'approve' });
  const over = await ended(second, task.id);
  return { over, newCalls: runtime.count(tool) - calls, detail: await detailOf(second, task), second, tool };
}

const before =
  (tool: string): Program =>
  async (context) => {
    await call(context, tool, 1);
    await call(context, tool, 2);
    await context.approval({ question: 'Go on?' });
    await call(context, tool, 3);
  };

// requirement: R-EXECUTION-DETERMINISM
describe('a program that differs from its journal', () => {
  it.each<[string, (tool: string) => Program, RegExp]>([
    [
      'another tool',
      () => (context) => call(context, 'other-tool', 1).then(() => null),
      /step 1 is tool tool-\d+ in the journal, but the code asks for tool other-tool$/,
    ],
    [
      'another input',
      (tool) => (context) => call(context, tool, 9).then(() => null),
      /step 1 is tool (tool-\d+) in the journal, but the code asks for tool \1 with another input$/,
    ],
    [
      'another kind of step',
      () => (context) => context.sleep(5),
      /step 1 is tool tool-\d+ in the journal, but the code asks for timer sleep$/,
    ],
    [
      'a step more',
      (tool) => async (context) => {
        await call(context, tool, 1);
        await context.now();
        await call(context, tool, 2);
      },
      /step 2 is tool tool-\d+ in the journal, but the code asks for code now$/,
    ],
    [
      'a step fewer',
      (tool) => async (context) => {
        await call(context, tool, 1);
        await context.approval({ question: 'Go on?' });
      },
      /step 2 is tool tool-\d+ in the journal, but the code asks for approval approval$/,
    ],
    [
      'an early end',
      (tool) => (context) => call(context, tool, 1).then(() => 'done'),
      /step 2 is tool tool-\d+ in the journal, but the code ended without it$/,
    ],
    [
      'the difference swallowed',
      (tool) => async (context) => {
        await call(context, tool, 8).catch(() => undefined);
        await context
          .all([(branch) => branch.code({ name: 'more', effect: 'once', run: () => 1 })])
          .catch(() => undefined);
        return 'as if nothing had happened';
      },
      /step 1 is tool .* with another input$/,
    ],
  ])('fails its execution, naming both: %s', (_name, after, message) =>
    inRuntime(async (runtime, first) => {
      const { over, newCalls, detail, second } = await changed(runtime, first, { before, after });
      expect(over).toMatchObject({ state: 'failed', error: { code: 'NON_DETERMINISM' } });
      expect(over.error?.message).toMatch(message);
      expect(newCalls).toBe(0);
      expect(stepsOf(detail).filter((step) => step.includes('once') || step.includes('more'))).toEqual([]);
      const replay = await second.parts.executions.replay(CONTEXT, detail.id);
      expect(replay).toMatchObject({ equal: true, deterministic: false });
    }),
  );

  it('begins nothing in other branches either', () =>
    inRuntime(async (runtime, first) => {
      const branches =
        (value: number) =>
        (tool: string): Program =>
        async (context) => {
          await context.all<unknown>([
            async (branch) => {
              await branch.approval({ question: 'Go on?' });
              await call(branch, tool, 5);
            },
            async (branch) => call(branch, tool, value),
          ]);
        };
      const { over, newCalls } = await changed(runtime, first, { before: branches(1), after: branches(2) });
      expect(over.error?.code).toBe('NON_DETERMINISM');
      expect(newCalls).toBe(0);
    }));
});

describe('a tool that is gone', () => {
  it('does not disturb the steps before, and is offered no more', () =>
    inRuntime(async (runtime, first) => {
      const gate = new Gate();
      const [kept, gone] = [runtime.tool({ execute: () => gate.pass() }), runtime.tool()];
      const agent = await runtime.agent(first, callsThenAnswers(kept, [{}]), { tools: [gone, kept] });
      const answered = recorded(first, 'StepCompleted');
      const task = await first.submit(agent, 'go');
      await Promise.all([answered, gate.reached()]);
      await runtime.crash(first);
      gate.open();
      runtime.replaceTool(gone);
      const second = await runtime.open();
      expect((await second.wait(task.id)).output?.text).toBe('done');
      const { model } = await detailOf(second, task);
      const offered = runtime.models.calls(model).map(({ options }) => options.tools?.map(({ name }) => name));
      expect(offered).toEqual([[gone, kept], [kept]]);
    }));
});

describe('a version of a strategy that this process has not', () => {
  it('leaves the execution to a process that has it', () =>
    inRuntime(async (runtime, first) => {
      await runtime.close(first);
      const versioned = (version: number): Strategy => ({
        name: 'versioned',
        version,
        description: 'Tells its version.',
        parseParameters: () => ({}),
        run: async (context) => {
          await context.approval({ question: 'Go on?' });
          return { content: [{ type: 'text', text: `version ${version}` }] };
        },
      });
      const old = await runtime.open({ strategies: [versioned(1)] });
      const agent = await runtime.agent(old, () => ({ text: '' }), { strategy: { name: 'versioned' } });
      const { task } = await old.run(agent, 'go');
      await runtime.close(old);
      const newer = await runtime.open({ strategies: [versioned(2)] });
      const recordedTypes = async () => (await eventsOf(newer, task.executionId!)).map(({ type }) => type);
      const atFirst = await recordedTypes();
      await newer.resolve(task.id, { decision: 'approve' });
      const newest = await newer.run(agent, 'go');
      await newer.resolve(newest.task.id, { decision: 'approve' });
      expect((await ended(newer, newest.task.id)).output?.text).toBe('version 2');
      expect((await newer.parts.taskQueries.get(CONTEXT, task.id)).state).toBe('working');
      expect(await recordedTypes()).toEqual(atFirst);
      const both = await runtime.open({ strategies: [versioned(1), versioned(2)] });
      await both.parts.jobQueue.enqueue([{ queue: 'advance', subject: task.executionId! }]);
      expect((await ended(both, task.id)).output?.text).toBe('version 1');
    }));
});

describe('a program that gives what no log can take', () => {
  it('fails once, though it would give the same at every run, and is replayed', async () => {
    await inRuntime(async (runtime, factory) => {
      const details: Record<string, unknown> = {};
      details['self'] = details;
      const tool = runtime.tool({ effect: 'once' });
      const agent = await runtime.program(
        factory,
        async (context) => {
          await call(context, tool, 1);
          await context.approval({ question: 'Go on?', details: details as never });
        },
        { tools: [tool] },
      );
      const { id } = await factory.submit(agent, 'go');
      const task = await ended(factory, id);
      expect(task).toMatchObject({ state: 'failed', error: { code: 'EVENT_UNSTORABLE' } });
      expect(task.error?.message).toMatch(/^StepWaiting cannot be stored: Converting circular structure to JSON$/);
      expect(runtime.count(tool)).toBe(1);
      const replay = await factory.parts.executions.replay(CONTEXT, task.executionId ?? '');
      expect(replay).toMatchObject({ equal: true, deterministic: true });
    });
  });
});
