import { AppError, toErrorRecord } from '../../kernel/errors.ts';
import type { ModelAnswer, ModelDelta, ModelRequest } from '../../kernel/ports/language-model.ts';
import { modelRetryability } from '../../kernel/retryable.ts';
import type { JsonValue } from '../../utils/json.ts';
import { withinBounds } from '../../utils/within-bounds.ts';
import { type Activation, recordedError } from './activation.ts';
import type { ModelStep, ModelStepResult } from './execution-context.ts';
import type { ModelStepInput, ModelStepOutput } from './execution-events.ts';
import type { PreviousModelStep } from './message-journal.ts';
import { callableTools } from './offered-tools.ts';
import { assistantMessage } from './step-messages.ts';
import type { StepState } from './execution.ts';
import { textOf } from './execution.ts';
import { DELEGATE_PREFIX } from './task-step.ts';
import { AttemptsFailed, type RetryPolicy, withRetries } from './with-retries.ts';

const POLICY: RetryPolicy = {
  attempts: 4,
  firstPauseMilliseconds: 500,
  longestPauseMilliseconds: 30_000,
  retryable: modelRetryability,
};

interface AskedModelStep {
  readonly key: string;
  readonly step: ModelStep;
  readonly previous: PreviousModelStep | undefined;
}

/** One model call as a step: from the journal if it is there, else made and written down. */
export async function modelStep(activation: Activation, asked: AskedModelStep): Promise<ModelStepResult> {
  const { key, step } = asked;
  const name = step.model ?? activation.options.started.model;
  const input = describe(activation, asked);
  const held = activation.recall(key, { kind: 'model', name, input });
  if (held?.status === 'failed') throw recordedError(held.error);
  if (held === undefined) assertTokensLeft(activation);
  const answer =
    held?.status === 'completed'
      ? toAnswer(held)
      : await activation.perform(key, () => call(activation, { key, name, input, step }));
  const message = assistantMessage(answer.content);
  activation.options.messages.made(message, key);
  const toolCalls = answer.content.filter((part) => part.type === 'tool-call');
  return { ...answer, message, text: textOf(answer.content), toolCalls };
}

function describe(activation: Activation, { step, previous }: AskedModelStep): ModelStepInput {
  const { model: _model, messages, tools, ...settings } = step;
  const offered = tools?.map((tool) => tool.name);
  const { started } = activation.options;
  const all = [
    ...Object.keys(started.tools),
    ...(started.delegates ?? []).map(({ name }) => `${DELEGATE_PREFIX}${name}`),
  ];
  const isAll = offered?.length === all.length && all.every((name, index) => offered[index] === name);
  return {
    ...activation.options.messages.describe(messages, previous),
    ...(isAll ? {} : { tools: offered ?? [] }),
    ...(Object.keys(settings).length === 0 ? {} : { settings }),
  };
}

interface Call {
  readonly key: string;
  readonly name: string;
  readonly input: ModelStepInput;
  readonly step: ModelStep;
}

async function call(activation: Activation, asked: Call): Promise<ModelAnswer> {
  const { key, name, input } = asked;
  const { journal } = activation;
  // What the model is told of must not be forgotten: all that was done before is on disk first.
  await journal.flush();
  const startedAt = activation.now();
  activation.tell('step-started', { step: key, kind: 'model', name });
  const about = { key, kind: 'model' as const, name, input, startedAt: startedAt.toISOString() };
  try {
    const { result, attempts } = await withRetries((attempt) => generate(activation, { ...asked, attempt }), {
      policy: POLICY,
      signal: activation.signal,
      onRetry: (attempt, error, pause) =>
        journal.later({
          type: 'StepAttemptFailed',
          data: { key, kind: 'model', name, attempt, error: toErrorRecord(error), retryInMilliseconds: pause },
        }),
    });
    const { usage, costMicrodollars, ...output } = result;
    journal.later({
      type: 'StepCompleted',
      data: {
        ...about,
        ...(attempts === 1 ? {} : { attempts }),
        durationMilliseconds: activation.now().getTime() - startedAt.getTime(),
        output: output satisfies ModelStepOutput as unknown as JsonValue,
        usage,
        ...(costMicrodollars === undefined ? {} : { costMicrodollars }),
      },
    });
    return result;
  } catch (error) {
    if (!(error instanceof AttemptsFailed)) throw error;
    journal.later({
      type: 'StepFailed',
      data: {
        ...about,
        attempts: error.attempts,
        durationMilliseconds: activation.now().getTime() - startedAt.getTime(),
        error: toErrorRecord(error.error),
      },
    });
    throw error.error;
  }
}

function generate(activation: Activation, asked: Call & { readonly attempt: number }): Promise<ModelAnswer> {
  const { agent, limits, services } = activation.options;
  const { tools, ...step } = asked.step;
  const request: ModelRequest = {
    ...agent.settings,
    ...step,
    ...(tools === undefined ? {} : { tools: callableTools(activation, tools) }),
    model: asked.name,
  } as ModelRequest;
  const onDelta = (delta: ModelDelta): void => {
    const { type, ...data } = delta;
    activation.tell(type, { step: asked.key, attempt: asked.attempt, ...data });
  };
  return withinBounds(
    {
      signal: activation.signal,
      limit: {
        milliseconds: limits.stepTimeoutSeconds * 1_000,
        reason: (milliseconds) =>
          new AppError('MODEL_UNAVAILABLE', `${asked.name} did not answer within ${milliseconds / 1_000} s`, {
            details: { model: asked.name, timeoutSeconds: limits.stepTimeoutSeconds },
          }),
      },
    },
    (signal) => services.models.generate(request, { signal, onDelta }),
  );
}

function assertTokensLeft(activation: Activation): void {
  const { tokens } = activation.options.limits;
  const { inputTokens, outputTokens } = activation.journal.state.totals;
  if (tokens === undefined || inputTokens + outputTokens < tokens) return;
  throw new AppError('TOKEN_LIMIT_REACHED', `${inputTokens + outputTokens} of ${tokens} tokens are used`, {
    details: { limit: tokens, used: inputTokens + outputTokens },
  });
}

function toAnswer(step: StepState): ModelAnswer {
  const output = step.output as unknown as ModelStepOutput;
  return {
    ...output,
    finishReason: output.finishReason as ModelAnswer['finishReason'],
    usage: step.usage ?? {},
    ...(step.costMicrodollars === undefined ? {} : { costMicrodollars: step.costMicrodollars }),
  };
}
