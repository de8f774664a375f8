import { APICallError } from '@ai-sdk/provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Gate } from '../../../tests/support/gate.ts';
import { detailOf, eventsOf, failureOf, recorded, Runtime, stepsOf } from '../../../tests/support/runtime-harness.ts';
import { callsThenAnswers, type ModelTurn } from '../../../tests/support/scripted-model.ts';
import { AppError, type Factory } from '../../index.ts';

let runtime: Runtime;
let factory: Factory;
beforeAll(async () => {
  runtime = await Runtime.create();
  factory = await runtime.open();
});
afterAll(() => runtime.end());

const SCHEMA = { type: 'object', properties: { sum: { type: 'integer' } }, required: ['sum'] };

function httpError(statusCode: number): APICallError {
  return new APICallError({
    message: `status ${statusCode}`,
    url: 'https://models.example',
    requestBodyValues: {},
    statusCode,
    responseHeaders: { 'retry-after-ms': '1' },
  });
}

/** What the model is told of its first tool call. */
async function toldOf(
  turn: ModelTurn,
  tools: string[],
): Promise<{ readonly told: string; readonly executionId: string }> {
  const agent = await runtime.agent(factory, ({ turn: at, last }) => (at === 0 ? turn : { text: last }), { tools });
  const { text, task } = await factory.run(agent, 'go');
  return { told: text, executionId: task.executionId ?? '' };
}

// requirement: R-REASONING-REACT, R-BAD-MODEL-CALLS
describe('tools of react', () => {
  it('calls one and answers with what it gave', async () => {
    const tool = runtime.tool({ execute: ({ value }) => ({ doubled: Number(value) * 2 }) });
    const { told, executionId } = await toldOf({ toolCalls: [{ name: tool, arguments: { value: 21 } }] }, [tool]);
    expect(JSON.parse(told)).toEqual({ type: 'json', value: { doubled: 42 } });
    expect(runtime.calls.get(tool)?.map(({ input }) => input)).toEqual([{ value: 21 }]);
    const detail = await detailOf(factory, { executionId });
    expect(stepsOf(detail)).toEqual([
      expect.stringMatching(/^1 model scripted\/model-\d+ completed$/),
      `2 tool ${tool} completed`,
      expect.stringMatching(/^3 model scripted\/model-\d+ completed$/),
    ]);
    expect(detail).toMatchObject({ status: 'completed', steps: 3, inputTokens: 20, outputTokens: 10 });
  });

  it('calls those of one turn in parallel, and tells of them in the order in which they were asked for', async () => {
    const all = new Gate();
    const tool = runtime.tool({
      execute: async ({ value }) => {
        // Only when all have come does any go on; the first comes back last.
        const arrived = all.pass();
        if (all.arrivals === 3) all.open();
        await arrived;
        for (let turns = 3 - Number(value); turns > 0; turns -= 1) await new Promise(setImmediate);
        return value;
      },
    });
    const calls = [0, 1, 2].map((value) => ({ name: tool, arguments: { value } }));
    const agent = await runtime.agent(
      factory,
      ({ turn, prompt }) =>
        turn === 0
          ? { toolCalls: calls }
          : { text: JSON.stringify(prompt.flatMap((message) => (message.role === 'tool' ? message.content : []))) },
      { tools: [tool] },
    );
    const { text, task } = await factory.run(agent, 'go');
    const results = JSON.parse(text) as { toolCallId: string; output: { value: unknown } }[];
    expect(results.map(({ toolCallId, output }) => [toolCallId, output.value])).toEqual([
      ['call-1-0', 0],
      ['call-1-1', 1],
      ['call-1-2', 2],
    ]);
    const detail = await detailOf(factory, task);
    expect(detail.timeline.map(({ key }) => key)).toEqual(['1', '2.0.1', '2.1.1', '2.2.1', '3']);
  });

  it('says that there is no such tool, and which there are', async () => {
    const tool = runtime.tool();
    const { told } = await toldOf({ toolCalls: [{ name: `${tool}x` }] }, [tool]);
    expect(told).toContain('TOOL_NOT_FOUND');
    expect(told).toContain(`did you mean ${tool}?`);
    const inherited = await toldOf({ toolCalls: [{ name: 'constructor' }] }, [tool]);
    expect(inherited.told).toContain('This agent has no tool \\"constructor\\"');
    expect(runtime.count(tool)).toBe(0);
  });

  it.each(['read', 'idempotent', 'once'] as const)(
    'refuses arguments that are no JSON or do not fit (%s)',
    async (effect) => {
      const tool = runtime.tool({ effect });
      const broken = await toldOf({ toolCalls: [{ name: tool, arguments: '{"value":' }] }, [tool]);
      expect(broken.told).toContain('TOOL_ARGUMENTS_INVALID');
      const unfit = await toldOf({ toolCalls: [{ name: tool, arguments: { other: 1 } }] }, [tool]);
      expect(unfit.told).toMatch(/TOOL_ARGUMENTS_INVALID.*other/);
      const list = await toldOf({ toolCalls: [{ name: tool, arguments: '[1]' }] }, [tool]);
      expect(list.told).toContain('TOOL_ARGUMENTS_INVALID');
      expect(runtime.count(tool)).toBe(0);
      const types = (await eventsOf(factory, unfit.executionId)).map(({ type }) => type);
      expect(types).not.toContain('StepIntended');
    },
  );

  it('tells of a failure, a timeout, and answers that are too large, circular or nothing', async () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    const cases: readonly [ReturnType<Runtime['tool']>, RegExp][] = [
      [
        runtime.tool({
          execute: () => {
            throw new Error('no paper');
          },
        }),
        /TOOL_FAILED.*no paper/,
      ],
      [
        runtime.tool({
          execute: () => {
            throw Object.create(null) as Error;
          },
        }),
        /TOOL_FAILED/,
      ],
      [runtime.tool({ execute: () => new Promise(() => {}), timeoutMilliseconds: 20 }), /STEP_TIMEOUT/],
      [runtime.tool({ execute: () => 'x'.repeat(100 * 1024 * 1024) }), /TOOL_OUTPUT_TOO_LARGE/],
      [runtime.tool({ execute: () => circle }), /TOOL_OUTPUT_INVALID/],
      [runtime.tool({ execute: () => undefined }), /^{"type":"json","value":null}$/],
      [
        runtime.tool({
          effect: 'once',
          execute: () => {
            throw new Error('torn');
          },
        }),
        /TOOL_FAILED.*torn/,
      ],
    ];
    for (const [tool, told] of cases) {
      expect((await toldOf({ toolCalls: [{ name: tool }] }, [tool])).told).toMatch(told);
      expect(runtime.count(tool)).toBe(1);
    }
  });

  // requirement: R-EXECUTION-TIMEOUT
  it('ends a tool that hangs when the time of a step is over', async () => {
    const tool = runtime.tool({ execute: () => new Promise(() => {}) });
    const agent = await runtime.agent(factory, callsThenAnswers(tool, [{}]), {
      tools: [tool],
      limits: { stepTimeoutSeconds: 0.02 },
    });
    const { task } = await factory.run(agent, 'go');
    const { timeline } = await detailOf(factory, task);
    expect(timeline[1]?.error?.code).toBe('STEP_TIMEOUT');
  });

  it('tries a passing failure of a tool again, and tells the log', async () => {
    const flaky = new Gate();
    const tool = runtime.tool({
      execute: () => {
        void flaky.pass();
        if (flaky.arrivals < 2) throw new AppError('EGRESS_FAILED', 'away');
        return 'back';
      },
    });
    const { told, executionId } = await toldOf({ toolCalls: [{ name: tool }] }, [tool]);
    expect(told).toContain('back');
    const failed = (await eventsOf(factory, executionId)).find(({ type }) => type === 'StepAttemptFailed');
    expect(failed?.data).toMatchObject({ key: '2', attempt: 1, error: { code: 'EGRESS_FAILED' } });
  });
});

// requirement: R-REASONING-ENDS
describe('the end of react', () => {
  it('comes when the same call gives the same again', async () => {
    const tool = runtime.tool();
    const agent = await runtime.agent(
      factory,
      ({ options, last }) => (options.tools === undefined ? { text: last } : { toolCalls: [{ name: tool }] }),
      { tools: [tool], strategy: { name: 'react', parameters: { repeatLimit: 4 } } },
    );
    const { text } = await factory.run(agent, 'go');
    expect(text).toContain(`${tool} was called 4 times with the same arguments and gave the same each time.`);
    expect(runtime.count(tool)).toBe(4);
  });

  it('is an error where the model is asked for an answer and calls a tool instead', async () => {
    const tool = runtime.tool();
    const agent = await runtime.agent(factory, () => ({ toolCalls: [{ name: tool }] }), { tools: [tool] });
    expect(await failureOf(factory.run(agent, 'go'))).toMatch(/^MODEL_OUTPUT_INVALID: .*called a tool instead/);
  });

  it('comes at the cap of turns and at the cap of steps, with an answer', async () => {
    const tool = runtime.tool({ execute: ({ value }) => value });
    let count = 0;
    const agent = await runtime.agent(
      factory,
      ({ options, last }) =>
        options.tools === undefined
          ? { text: last }
          : { toolCalls: [{ name: tool, arguments: { value: (count += 1) } }] },
      { tools: [tool] },
    );
    const turns = await factory.run(agent, 'go', { strategyParameters: { maxTurns: 2 } });
    expect(turns.text).toContain('The limit of 2 turns is reached.');
    const steps = await factory.run(agent, 'go', { limits: { steps: 6 } });
    expect(steps.text).toContain('The limit of steps is reached.');
    expect((await detailOf(factory, steps.task)).steps).toBeLessThanOrEqual(6);
    expect(await failureOf(factory.run(agent, 'go', { limits: { steps: 1 } }))).toContain('STEP_LIMIT_REACHED');
  });

  it('comes when the tokens are used up', async () => {
    const tool = runtime.tool({ execute: ({ value }) => value });
    const agent = await runtime.agent(factory, callsThenAnswers(tool, [{ value: 1 }, { value: 2 }, { value: 3 }]), {
      tools: [tool],
    });
    expect(await failureOf(factory.run(agent, 'go', { limits: { tokens: 30 } }))).toBe(
      'TOKEN_LIMIT_REACHED: 30 of 30 tokens are used',
    );
    expect(runtime.count(tool)).toBe(2);
  });

  it('is an error where the model keeps saying nothing', async () => {
    const agent = await runtime.agent(factory, () => ({ text: '' }));
    expect(await failureOf(factory.run(agent, 'go'))).toMatch(/^MODEL_OUTPUT_INVALID: .*nothing/);
  });

  it('is an error where the model never stops, after the time of a step and some attempts', async () => {
    const agent = await runtime.agent(factory, () => ({ endless: true }), { limits: { stepTimeoutSeconds: 0.02 } });
    expect(await failureOf(factory.run(agent, 'go'))).toMatch(/^MODEL_UNAVAILABLE: .*did not answer within 0.02 s/);
  });
});

describe('failures of the model', () => {
  // requirement: R-EXECUTION-RETRY
  it('that may pass are tried again, each told in the log', async () => {
    const agent = await runtime.agent(factory, ({ number }) => {
      if (number === 1) return { throws: httpError(429) };
      return number === 2 ? { throws: httpError(500) } : { text: 'at last' };
    });
    const { text, task } = await factory.run(agent, 'go');
    expect(text).toBe('at last');
    const events = await eventsOf(factory, task.executionId ?? '');
    expect(events.map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'StepAttemptFailed',
      'StepAttemptFailed',
      'StepCompleted',
      'ExecutionCompleted',
    ]);
    expect(events[1]?.data).toMatchObject({
      attempt: 1,
      error: { code: 'MODEL_RATE_LIMITED' },
      retryInMilliseconds: 1,
    });
    expect(events[3]?.data).toMatchObject({ attempts: 3 });
  });

  it('that will not pass are told at once', async () => {
    const agent = await runtime.agent(factory, () => ({ throws: httpError(400) }));
    const failure = await failureOf(factory.run(agent, 'go'));
    expect(failure).toMatch(/^MODEL_REJECTED/);
    const { definition } = await factory.parts.directory.resolve('default' as never, agent);
    expect(runtime.models.calls(definition.model ?? '')).toHaveLength(1);
  });
});

describe('an output schema', () => {
  it('is repaired with what is wrong, at most twice', async () => {
    const answers = ['no json', '{"sum":"4"}', '```json\n{"sum":4}\n```'];
    const agent = await runtime.agent(factory, ({ turn }) => ({ text: answers[turn] ?? '' }), { outputSchema: SCHEMA });
    const { text, task } = await factory.run(agent, '2+2');
    expect(text).toBe('{"sum":4}');
    const { timeline } = await detailOf(factory, task);
    expect(JSON.stringify(timeline[1]?.input)).toContain('it is not JSON');
    expect(JSON.stringify(timeline[2]?.input)).toContain('sum');
    const direct = await runtime.agent(factory, () => ({ text: '{"sum":"4"}' }), {
      outputSchema: SCHEMA,
      strategy: { name: 'direct' },
    });
    expect(await failureOf(factory.run(direct, '2+2'))).toMatch(/^MODEL_OUTPUT_INVALID: .*sum/);
    const deep = await runtime.agent(factory, () => ({ text: '['.repeat(20_000) + ']'.repeat(20_000) }), {
      outputSchema: { type: 'array' },
      strategy: { name: 'direct' },
    });
    expect(await failureOf(factory.run(deep, 'go'))).toMatch(/^MODEL_OUTPUT_INVALID: .*deeper than 100 levels/);
  });
});

// requirement: R-REASONING-DIRECT
describe('direct', () => {
  it('makes one call, and offers no tools', async () => {
    const tool = runtime.tool();
    const agent = await runtime.agent(factory, ({ options }) => ({ text: `${options.tools?.length ?? 0} tools` }), {
      tools: [tool],
      strategy: { name: 'direct' },
    });
    const { text, task } = await factory.run(agent, 'go');
    expect(text).toBe('0 tools');
    expect((await detailOf(factory, task)).steps).toBe(1);
  });
});

describe('thoughts', () => {
  it('go back to the provider as they came, also after a restart', async () => {
    const own = await Runtime.create();
    const first = await own.open();
    const gate = new Gate();
    const tool = own.tool({ execute: () => gate.pass() });
    const metadata = { scripted: { signature: 'c2lnbmVk', deep: { list: [1, null, 'x'] } } };
    const agent = await own.agent(
      first,
      ({ turn, prompt }) =>
        turn === 0
          ? { reasoning: { text: 'let me look', metadata }, text: 'looking', toolCalls: [{ name: tool }] }
          : { text: JSON.stringify(prompt.find(({ role }) => role === 'assistant')) },
      { tools: [tool] },
    );
    const answered = recorded(first, 'StepCompleted');
    const { id } = await first.submit(agent, 'go');
    await Promise.all([gate.reached(), answered]);
    await own.crash(first);
    gate.open();
    const second = await own.open();
    const { output } = await second.wait(id);
    expect(JSON.parse(output?.text ?? '')).toMatchObject({
      content: [
        { type: 'reasoning', text: 'let me look', providerOptions: metadata },
        { type: 'text', text: 'looking' },
        { type: 'tool-call', toolName: tool },
      ],
    });
    expect(own.models.total).toBe(2);
    await own.end();
  });
});
