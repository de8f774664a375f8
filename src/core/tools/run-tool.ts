import { AppError } from '../../kernel/errors.ts';
import type { JsonObject, JsonValue } from '../../utils/json.ts';
import { withinBounds } from '../../utils/within-bounds.ts';
import { plainJson } from './plain-json.ts';
import type { Reconciliation, Tool, ToolContext } from './tool.ts';
import { argumentsInvalid, validateArguments } from './validate-arguments.ts';

const DEFAULT_TIMEOUT_MILLISECONDS = 60_000;
const DEFAULT_OUTPUT_LIMIT_BYTES = 1024 * 1024;
const ARGUMENTS_LIMIT_BYTES = 1024 * 1024;
const MESSAGE_LIMIT = 4_000;

/** A call of a tool: its raw arguments, and what it is told beside them. */
export interface ToolCall {
  readonly tool: Tool;
  readonly input: JsonValue;
  readonly context: ToolContext;
  /** What bounds the call beside the tool's own time limit. */
  readonly mostMilliseconds?: number;
}

/**
 * One attempt at a tool call: arguments validated, time limited, the answer made plain JSON.
 * A tool that ignores its signal is left behind: the call ends on time, and what the tool answers
 * or throws later is dropped.
 * @throws AppError TOOL_ARGUMENTS_INVALID, STEP_TIMEOUT, TOOL_OUTPUT_INVALID, TOOL_OUTPUT_TOO_LARGE;
 *   TOOL_FAILED for whatever the tool throws, except an AppError, which passes as it is;
 *   an abort of `context.signal` rejects with the signal's own reason
 */
export async function runTool(call: ToolCall): Promise<JsonValue> {
  const { tool, input } = call;
  const parsed = validateArguments(tool, boundedArguments(tool, input));
  const output = await limited(call, (limitedContext) => tool.execute(parsed, limitedContext));
  return plainJson(output, { name: 'result', limitBytes: tool.outputLimitBytes ?? DEFAULT_OUTPUT_LIMIT_BYTES });
}

/**
 * Asks a tool what became of a call of its own; `unknown` where the tool cannot tell. Under the
 * same limits as a call.
 * @throws AppError as `runTool` does
 */
export async function reconcileTool(call: ToolCall): Promise<Reconciliation> {
  const { tool, input } = call;
  const { reconcile } = tool;
  if (reconcile === undefined) return { outcome: 'unknown' };
  const parsed = validateArguments(tool, boundedArguments(tool, input));
  const answer = await limited(call, (limitedContext) => reconcile(parsed, limitedContext));
  if (answer?.outcome !== 'done') return answer?.outcome === 'not-done' ? answer : { outcome: 'unknown' };
  const limitBytes = tool.outputLimitBytes ?? DEFAULT_OUTPUT_LIMIT_BYTES;
  return { outcome: 'done', result: plainJson(answer.result, { name: 'result', limitBytes }) };
}

function boundedArguments(tool: Tool, input: JsonValue): JsonValue {
  try {
    return plainJson(input, { name: 'arguments', limitBytes: ARGUMENTS_LIMIT_BYTES });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw argumentsInvalid(tool.name, [{ path: '', message: error.message }]);
  }
}

/** Runs the work until it ends, the time is over, or the caller aborts: whichever comes first. */
function limited<Result>(
  { tool, context, mostMilliseconds = Infinity }: ToolCall,
  work: (context: ToolContext) => Promise<Result> | Result,
): Promise<Result> {
  const own = tool.timeoutMilliseconds ?? DEFAULT_TIMEOUT_MILLISECONDS;
  return withinBounds(
    {
      signal: context.signal,
      limit: {
        milliseconds: Math.min(own, mostMilliseconds),
        reason: (milliseconds) => timedOut(tool, milliseconds),
      },
    },
    async (signal) => {
      try {
        return await work({ ...context, call: { ...context.call, signal }, signal });
      } catch (thrown) {
        throw toolFailed(tool, thrown);
      }
    },
  );
}

function timedOut(tool: Tool, timeoutMilliseconds: number): AppError {
  return new AppError('STEP_TIMEOUT', `${tool.name} did not answer within ${timeoutMilliseconds} ms`, {
    details: { tool: tool.name, timeoutMilliseconds },
  });
}

function toolFailed(tool: Tool, thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const details: JsonObject = { tool: tool.name };
  return new AppError('TOOL_FAILED', `${tool.name} failed: ${describeThrown(thrown)}`, { details, cause: thrown });
}

/** Anything can be thrown, even what cannot be turned into text. */
function describeThrown(thrown: unknown): string {
  try {
    if (thrown instanceof Error) return clip(thrown.message === '' ? thrown.name : thrown.message);
    if (typeof thrown === 'string') return clip(thrown);
    return clip(`it threw ${JSON.stringify(thrown) ?? typeof thrown}`);
  } catch {
    return 'it threw something that has no text';
  }
}

function clip(text: unknown): string {
  const message = String(text);
  return message.length <= MESSAGE_LIMIT ? message : `${message.slice(0, MESSAGE_LIMIT)}…`;
}
