import { AppError, toAppError } from '../../kernel/errors.ts';
import type { ToolCallPart } from '../../kernel/ports/language-model.ts';
import { contentHash } from '../../utils/content-hash.ts';
import { canonicalJson, type JsonObject, type JsonValue } from '../../utils/json.ts';
import { MOST_JSON_LEVELS } from '../../utils/json-depth.ts';
import { nearNames } from '../../utils/near-names.ts';
import {
  reconcileTool,
  runTool,
  type Tool,
  type ToolCall,
  type ToolContext,
  validateArguments,
} from '../tools/index.ts';
import type { Activation } from './activation.ts';
import type { EffectStep } from './effect.ts';
import { effectStep } from './effect-step.ts';
import type { ToolStepResult } from './execution-context.ts';
import { toolMessage } from './step-messages.ts';
import { DELEGATE_PREFIX, delegateInput, delegateStep } from './task-step.ts';
import type { RetryPolicy } from './with-retries.ts';

interface AskedToolStep {
  readonly key: string;
  readonly call: ToolCallPart;
}

const REPEATABLE_ATTEMPTS = 3;
/** Failures that another attempt may mend; what a tool throws by itself is told to the model at once. */
const RETRYABLE_CODES: ReadonlySet<string> = new Set(['EGRESS_FAILED']);

/** One tool call as a step. Its failure is an answer too: the model is told of it. */
export async function toolStep(activation: Activation, asked: AskedToolStep): Promise<ToolStepResult> {
  const { key, call } = asked;
  if (isDelegate(activation, call) && delegateInput(call) !== undefined) return delegateStep(activation, asked);
  const outcome = await effectStep(activation, toEffectStep(activation, asked));
  const message = toolMessage(call, outcome);
  activation.options.messages.made(message, key);
  return 'error' in outcome ? { output: null, error: outcome.error, message } : { output: outcome.output, message };
}

function toEffectStep(activation: Activation, { key, call }: AskedToolStep): EffectStep {
  const about = { key, kind: 'tool' as const, name: call.name, input: activation.options.messages.describeCall(call) };
  const found = findTool(activation, call);
  if (found instanceof AppError) {
    const run = async (): Promise<never> => {
      throw found;
    };
    return { ...about, effect: 'read', policy: policyOf({ effect: 'once' }), run };
  }
  const invocation: ToolCall = {
    tool: found,
    input: call.arguments,
    context: contextOf(activation, { key, call }),
    mostMilliseconds: activation.options.limits.stepTimeoutSeconds * 1_000,
  };
  const { reconcile } = found;
  return {
    ...about,
    effect: found.effect,
    policy: policyOf(found),
    run: () => runTool(invocation),
    ...(reconcile === undefined ? {} : { reconcile: () => reconcileTool(invocation) }),
  };
}

function isDelegate(activation: Activation, call: ToolCallPart): boolean {
  if (!call.name.startsWith(DELEGATE_PREFIX)) return false;
  const { delegates } = activation.options.started;
  return delegates?.some(({ name }) => name === call.name.slice(DELEGATE_PREFIX.length)) === true;
}

/** The tool as the execution knows it, or why the call can't be made. */
function findTool(activation: Activation, call: ToolCallPart): Tool | AppError {
  const { started, services } = activation.options;
  if (isDelegate(activation, call)) {
    return new AppError('TOOL_ARGUMENTS_INVALID', `The arguments of ${call.name} are not valid: input must be a text`);
  }
  const pinned = Object.hasOwn(started.tools, call.name) ? started.tools[call.name] : undefined;
  if (pinned === undefined) {
    const known = Object.keys(started.tools);
    const [near] = nearNames(call.name, known);
    const hint = near === undefined ? `there are: ${known.join(', ') || 'none'}` : `did you mean ${near}?`;
    return new AppError('TOOL_NOT_FOUND', `This agent has no tool ${JSON.stringify(call.name.slice(0, 100))}; ${hint}`);
  }
  if (call.unparsed !== undefined) {
    const what = `are not JSON, or are nested deeper than ${MOST_JSON_LEVELS} levels`;
    return new AppError('TOOL_ARGUMENTS_INVALID', `The arguments of ${call.name} ${what}; send a JSON object`);
  }
  if (!services.tools.has(call.name)) {
    return new AppError('TOOL_NOT_FOUND', `${call.name} is not registered any more`);
  }
  if (services.tools.schemaHash(call.name) !== pinned) {
    return new AppError('TOOL_CHANGED', `${call.name} is not the tool any more that the execution began with`);
  }
  const tool = services.tools.get(call.name);
  // Before an intent is written down for a call that can't be made; a `read` call finds out by itself.
  return tool.effect === 'read' ? tool : (argumentsError(tool, call.arguments) ?? tool);
}

function argumentsError(tool: Tool, input: JsonValue): AppError | undefined {
  try {
    validateArguments(tool, input);
    return undefined;
  } catch (error) {
    return toAppError(error);
  }
}

function contextOf(activation: Activation, { key, call }: AskedToolStep): ToolContext {
  const { executionId, started, call: context } = activation.options;
  const { signal } = activation;
  return {
    call: { ...context, signal },
    executionId,
    taskId: started.taskId,
    stepKey: key,
    idempotencyKey: contentHash(`${executionId}\n${key}\n${canonicalJson(call.arguments)}`),
    signal,
    ...(started.documents === undefined ? {} : { documents: started.documents }),
    progress: (data: JsonObject) => activation.tell('tool-progress', { step: key, ...data }),
  };
}

function policyOf({ attempts, effect }: Pick<Tool, 'attempts' | 'effect'>): RetryPolicy {
  return {
    attempts: attempts ?? (effect === 'once' ? 1 : REPEATABLE_ATTEMPTS),
    firstPauseMilliseconds: 250,
    longestPauseMilliseconds: 10_000,
    retryable: (error) => ({ retryable: RETRYABLE_CODES.has(error.code) || error.details['retryable'] === true }),
  };
}
