import { toErrorRecord } from '../../kernel/errors.ts';
import type { TaskId } from '../../kernel/ids.ts';
import type { ToolCallPart, ToolDescription } from '../../kernel/ports/language-model.ts';
import { isJsonObject, type JsonObject } from '../../utils/json.ts';
import { isFinal, type TaskAggregate } from '../tasks/index.ts';
import { type Activation, recordedError } from './activation.ts';
import type { SubTask, SubTaskResult, ToolStepResult } from './execution-context.ts';
import type { PinnedDelegate, StepInput } from './execution-events.ts';
import { toolMessage } from './step-messages.ts';
import { complete } from './waiting-steps.ts';

/** Tools of this prefix hand a task to the delegate that is named behind it. */
export const DELEGATE_PREFIX = 'agent.';

/** A delegate as a tool that a model can call. */
export function describeDelegate({ name, description }: PinnedDelegate): ToolDescription {
  return {
    name: `${DELEGATE_PREFIX}${name}`,
    description: `Hands a task to the agent ${name} and answers with its result. ${description}`.trim(),
    parameters: {
      type: 'object',
      properties: { input: { type: 'string', description: 'The task, with everything the agent needs to know' } },
      required: ['input'],
      additionalProperties: false,
    },
  };
}

interface AskedTaskStep {
  readonly key: string;
  readonly request: SubTask;
  /** As it is written down, where it isn't the request itself. */
  readonly input?: StepInput;
}

/**
 * A task for another agent, as a step: it is stored in one append with the step that asks for it,
 * so there is one task however often the step is begun again.
 */
export async function taskStep(activation: Activation, asked: AskedTaskStep): Promise<SubTaskResult> {
  const { key, request } = asked;
  const input = asked.input ?? { agent: request.agent, input: request.input };
  const held = activation.recall(key, { kind: 'task', name: request.agent, input });
  if (held?.status === 'completed') return held.output as unknown as SubTaskResult;
  if (held?.status === 'failed') throw recordedError(held.error);
  const childTaskId = held?.childTaskId ?? (await begin(activation, { ...asked, input }));
  return activation.waitFor({
    key,
    check: async () => {
      const child = await activation.options.services.loadTask(childTaskId);
      if (!isFinal(child)) return undefined;
      const result = resultOf(childTaskId, child);
      complete(activation, key, result as unknown as JsonObject);
      return result;
    },
  });
}

async function begin(
  activation: Activation,
  { key, request, input }: AskedTaskStep & { readonly input: StepInput },
): Promise<TaskId> {
  const { services, call, executionId, started } = activation.options;
  return activation.perform(key, async () => {
    const startedAt = activation.now().toISOString();
    const parent = {
      executionId,
      step: key,
      depth: (started.parent?.depth ?? 0) + 1,
      agents: [...(started.parent?.agents ?? []), started.agent.name],
    };
    try {
      const child = await services.startChild(call, { ...request, parent });
      await activation.journal.now(
        {
          type: 'StepWaiting',
          data: {
            key,
            kind: 'task',
            name: request.agent,
            input: input as JsonObject,
            startedAt,
            childTaskId: child.taskId,
          },
        },
        { streams: child.streams, jobs: child.jobs },
      );
      return child.taskId;
    } catch (error) {
      activation.signal.throwIfAborted();
      const data = { key, kind: 'task' as const, name: request.agent, input, startedAt, durationMilliseconds: 0 };
      activation.journal.later({ type: 'StepFailed', data: { ...data, error: toErrorRecord(error) } });
      throw error;
    }
  });
}

function resultOf(taskId: TaskId, child: TaskAggregate): SubTaskResult {
  return {
    taskId,
    state: child.state as SubTaskResult['state'],
    text: child.text ?? '',
    ...(child.error === undefined ? {} : { error: child.error }),
  };
}

/** The task a call asks for; undefined where the model gave none. */
export function delegateInput(call: ToolCallPart): string | undefined {
  const text = isJsonObject(call.arguments) ? call.arguments['input'] : undefined;
  return typeof text === 'string' && text !== '' ? text : undefined;
}

/** A call of `agent.<name>` by a model. The delegate's failure is an answer: the model is told of it. */
export async function delegateStep(
  activation: Activation,
  { key, call }: { readonly key: string; readonly call: ToolCallPart },
): Promise<ToolStepResult> {
  const { messages } = activation.options;
  const outcome = await delegate(activation, { key, call });
  const message = toolMessage(call, outcome);
  messages.made(message, key);
  return 'error' in outcome ? { output: null, error: outcome.error, message } : { output: outcome.output, message };
}

async function delegate(
  activation: Activation,
  { key, call }: { readonly key: string; readonly call: ToolCallPart },
): Promise<Parameters<typeof toolMessage>[1]> {
  const name = call.name.slice(DELEGATE_PREFIX.length);
  const pinned = activation.options.started.delegates?.find((one) => one.name === name);
  const request = { agent: `${name}@${pinned?.version ?? 'live'}`, input: delegateInput(call) ?? '' };
  const input = activation.options.messages.describeCall(call);
  try {
    const result = await taskStep(activation, { key, request, input });
    if (result.state === 'completed') return { output: result.text };
    return {
      error: result.error ?? { code: 'TOOL_FAILED', message: `the task of ${request.agent} was ${result.state}` },
    };
  } catch (error) {
    activation.signal.throwIfAborted();
    const held = activation.journal.state.steps.get(key);
    // Only what was written down as the step's own end is an answer.
    if (held?.status !== 'failed' || held.error === undefined) throw error;
    return { error: held.error };
  }
}
