import { executionDetailSchema, type ExecutionView } from '#contract';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { fold } from '../../kernel/decider.ts';
import type { ErrorRecord } from '../../kernel/errors.ts';
import type { AssistantPart, Message, ToolCallPart } from '../../kernel/ports/language-model.ts';
import type { JsonValue } from '../../utils/json.ts';
import { executionDecider } from './execution.ts';
import type { ExecutionEvent, ModelStepInput } from './execution-events.ts';
import { executionDetail } from './execution-timeline.ts';
import { MessageJournal, type PreviousModelStep } from './message-journal.ts';
import { StepInputs } from './step-inputs.ts';
import { assistantMessage, toolMessage } from './step-messages.ts';

const AT = '2026-01-02T03:04:05.000Z';
const INITIAL: readonly Message[] = [
  { role: 'system', content: 'be brief' },
  { role: 'user', content: [{ type: 'text', text: 'hello' }] },
];
const VIEW: ExecutionView = {
  id: 'exec_1',
  taskId: 'task_1',
  agent: { name: 'a', version: 1 },
  status: 'running',
  primary: true,
  steps: 0,
  inputTokens: 0,
  outputTokens: 0,
  cost: 0,
  createdAt: AT,
  updatedAt: AT,
};
const STARTED = {
  taskId: 'task_1',
  agent: { name: 'a', version: 1 },
  strategy: { name: 'react', version: 2, parameters: {} },
  model: 'local/rules',
  input: 'hello',
  history: [],
  limits: {},
  tools: {},
  primary: true,
} as never;
const BEGIN: ExecutionEvent = { type: 'ExecutionStarted', data: STARTED };

function detailOf(events: readonly ExecutionEvent[], execution: ExecutionView = VIEW) {
  const state = fold(executionDecider, [BEGIN, ...events]);
  const detail = executionDetail({ execution, state, started: STARTED, initialMessages: INITIAL });
  expect(executionDetailSchema.parse(detail)).toEqual(detail);
  return detail;
}

function model(key: string, input: ModelStepInput, content: readonly AssistantPart[]): ExecutionEvent {
  return {
    type: 'StepCompleted',
    data: {
      key,
      kind: 'model',
      name: 'local/rules',
      input,
      startedAt: AT,
      durationMilliseconds: 5,
      output: { content, finishReason: 'stop', modelId: 'rules' } as unknown as JsonValue,
      usage: { inputTokens: 12, outputTokens: 3 },
      costMicrodollars: 1_500,
    },
  };
}

const CALL: ToolCallPart = { type: 'tool-call', id: 'call_1', name: 'now', arguments: { zone: 'UTC' } };

describe('executionDetail', () => {
  // requirement: R-RUN-TIMELINE
  it('shows every step in the order of the program, with input, output, tokens, cost and duration', () => {
    const events: ExecutionEvent[] = [
      model('1', { add: ['initial'] }, [{ type: 'text', text: 'a moment' }, CALL]),
      {
        type: 'StepCompleted',
        data: {
          key: '10',
          kind: 'tool',
          name: 'now',
          input: { call: '1#1' },
          effect: 'read',
          startedAt: AT,
          output: 'noon',
          durationMilliseconds: 2,
          attempts: 3,
        },
      },
      model('2', { from: '1', add: ['1', '10'] }, [{ type: 'text', text: 'noon' }]),
      { type: 'ExecutionCompleted', data: { content: [{ type: 'text', text: 'noon' }], totals: {} as never } },
    ];
    const detail = detailOf(events, { ...VIEW, status: 'completed', endedAt: AT });
    expect(detail).toMatchObject({
      status: 'completed',
      endedAt: AT,
      strategy: { name: 'react', version: 2 },
      output: { text: 'noon' },
      steps: 3,
      inputTokens: 24,
      outputTokens: 6,
      cost: 0.003,
    });
    expect(detail.timeline.map((step) => step.key)).toEqual(['1', '2', '10']);
    expect(detail.timeline[0]).toMatchObject({ input: { messages: INITIAL }, cost: 0.0015, durationMilliseconds: 5 });
    expect(detail.timeline[1]?.input).toEqual({
      messages: [
        ...INITIAL,
        { role: 'assistant', content: [{ type: 'text', text: 'a moment' }, CALL] },
        { role: 'tool', content: [{ type: 'tool-result', id: 'call_1', name: 'now', result: 'noon', isError: false }] },
      ],
    });
    expect(detail.timeline[2]).toMatchObject({ input: { zone: 'UTC' }, output: 'noon', effect: 'read', attempts: 3 });
  });

  it('shows a failure as the model was told of it, and arguments that did not parse as they came', () => {
    const unparsed: ToolCallPart = { ...CALL, arguments: null, unparsed: '{zone' };
    const events: ExecutionEvent[] = [
      model('1', { add: ['initial:1'] }, [unparsed]),
      {
        type: 'StepFailed',
        data: {
          key: '2',
          kind: 'tool',
          name: 'now',
          input: { call: '1#0' },
          startedAt: AT,
          durationMilliseconds: 2,
          error: { code: 'TOOL_ARGUMENTS_INVALID', message: 'no', details: { errors: [] } },
        },
      },
      model('3', { from: '1', add: ['1', '2'], tools: ['now'], settings: { temperature: 0 } }, []),
    ];
    const { timeline } = detailOf(events);
    expect(timeline[1]).toMatchObject({ input: '{zone', error: { code: 'TOOL_ARGUMENTS_INVALID' }, status: 'failed' });
    const result = { code: 'TOOL_ARGUMENTS_INVALID', message: 'no' };
    expect(timeline[2]?.input).toEqual({
      messages: [
        INITIAL[1],
        { role: 'assistant', content: [unparsed] },
        { role: 'tool', content: [{ type: 'tool-result', id: 'call_1', name: 'now', result, isError: true }] },
      ],
      tools: ['now'],
      settings: { temperature: 0 },
    });
  });

  it('shows what is under way, and a step that may be called again as intended', () => {
    const about = { key: '1', kind: 'tool' as const, name: 'mail', effect: 'once' as const, startedAt: AT };
    const events: ExecutionEvent[] = [
      { type: 'StepIntended', data: { ...about, input: { arguments: { to: 'x' } } } },
      { type: 'StepOutcomeUnknown', data: { key: '1' } },
    ];
    expect(detailOf(events).timeline[0]).toMatchObject({ status: 'outcome-unknown', input: { to: 'x' } });
    events.push({ type: 'StepRetryAllowed', data: { key: '1', by: 'key_1' } });
    const detail = detailOf(events, { ...VIEW, endedAt: AT });
    expect(detail.timeline[0]).toMatchObject({ status: 'intended', attempts: 0, inherited: false });
    expect(detail).not.toHaveProperty('endedAt');
  });

  it('leaves a reference in the place of what the journal does not hold', () => {
    const { timeline } = detailOf([model('1', { from: '0', add: ['initial:9', '0.0.1'] }, [])]);
    expect(timeline[0]?.input).toEqual({ messages: ['0', 'initial:9', '0.0.1'] });
  });
});

interface Turn {
  readonly parts: readonly ('text' | 'call')[];
  readonly fails: boolean;
  readonly own: boolean;
  readonly fresh: boolean;
}

/** Steps as a strategy makes them, and what each model step was really given. */
function converse(turns: readonly Turn[]): { events: ExecutionEvent[]; given: Map<string, readonly Message[]> } {
  const journal = new MessageJournal(INITIAL);
  const events: ExecutionEvent[] = [];
  const given = new Map<string, readonly Message[]>();
  let messages: readonly Message[] = INITIAL;
  let previous: PreviousModelStep | undefined;
  let last = 0;
  for (const { parts, fails, own, fresh } of turns) {
    if (own) messages = [...messages, { role: 'user', content: [{ type: 'text', text: 'go on' }] }];
    if (fresh) messages = messages.slice(1);
    const key = `${(last += 1)}`;
    const content: AssistantPart[] = parts.map((part, index) =>
      part === 'text'
        ? { type: 'text', text: `text ${key}.${index}` }
        : { type: 'tool-call', id: `call_${key}_${index}`, name: 't', arguments: { key, index } },
    );
    events.push(model(key, journal.describe(messages, previous), content));
    given.set(key, messages);
    previous = { key, messages };
    const message = assistantMessage(content);
    journal.made(message, key);
    messages = [...messages, message];
    for (const call of content.filter((part) => part.type === 'tool-call')) {
      const toolKey = `${(last += 1)}`;
      const error: ErrorRecord = { code: 'TOOL_FAILED', message: 'x' };
      const outcome = fails ? { error } : { output: { of: toolKey } };
      const about = {
        key: toolKey,
        kind: 'tool' as const,
        name: 't',
        input: journal.describeCall(call),
        startedAt: AT,
      };
      events.push(
        fails
          ? { type: 'StepFailed', data: { ...about, error, durationMilliseconds: 1 } }
          : { type: 'StepCompleted', data: { ...about, output: { of: toolKey }, durationMilliseconds: 1 } },
      );
      const answer = toolMessage(call, outcome);
      journal.made(answer, toolKey);
      messages = [...messages, answer];
    }
  }
  return { events, given };
}

const turns = fc.array(
  fc.record({
    parts: fc.array(fc.constantFrom('text' as const, 'call' as const), { maxLength: 3 }),
    fails: fc.boolean(),
    own: fc.boolean(),
    fresh: fc.boolean(),
  }),
  { maxLength: 8 },
);

describe('StepInputs', () => {
  it('gives back exactly the messages that the journal was told of', () => {
    fc.assert(
      fc.property(turns, (conversation) => {
        const { events, given } = converse(conversation);
        for (const step of detailOf(events).timeline.filter(({ kind }) => kind === 'model')) {
          expect(step.input).toEqual({ messages: given.get(step.key) });
        }
      }),
    );
  });

  it('goes over to differences where the whole would be too much', () => {
    const { events } = converse(
      Array.from({ length: 6 }, () => ({ parts: ['call'], fails: false, own: false, fresh: false })),
    );
    const { steps } = fold(executionDecider, [BEGIN, ...events]);
    const inputs = new StepInputs(steps, INITIAL, 2_000);
    const shown = [...steps.values()].filter(({ kind }) => kind === 'model').map((step) => inputs.of(step));
    expect(shown[0]).toEqual({ messages: INITIAL });
    expect(shown.at(-1)).toMatchObject({ from: '9', add: [{ role: 'assistant' }, { role: 'tool' }] });
    expect(JSON.stringify(shown).length).toBeLessThan(4_000);
  });
});
