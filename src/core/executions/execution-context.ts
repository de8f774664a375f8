import type { ExecutionId, TaskId } from '../../kernel/ids.ts';
import type { ErrorRecord } from '../../kernel/errors.ts';
import type {
  AssistantMessage,
  Message,
  ModelAnswer,
  ModelRequest,
  ToolCallPart,
  ToolDescription,
  ToolMessage,
} from '../../kernel/ports/language-model.ts';
import type { JsonObject, JsonValue } from '../../utils/json.ts';
import type { ToolEffect } from '../tools/index.ts';

/** What a strategy asks of a model; the agent's own model and settings unless it says otherwise. */
export interface ModelStep extends Omit<ModelRequest, 'model' | 'messages'> {
  readonly model?: string;
  readonly messages: readonly Message[];
}

/** A model's answer, and the message to put behind the others for the next call. */
export interface ModelStepResult extends ModelAnswer {
  readonly message: AssistantMessage;
  readonly text: string;
  readonly toolCalls: readonly ToolCallPart[];
}

/** A tool's answer or its failure, and the message that tells the model of it. */
export interface ToolStepResult {
  readonly output: JsonValue;
  readonly error?: ErrorRecord;
  readonly message: ToolMessage;
}

export interface SubTask {
  /** `name`, `name@version` or `name@alias`. */
  readonly agent: string;
  readonly input: string;
}

export interface SubTaskResult {
  readonly taskId: TaskId;
  readonly state: 'completed' | 'failed' | 'canceled' | 'rejected';
  readonly text: string;
  readonly error?: ErrorRecord;
}

export interface ApprovalRequest {
  /** What a person is asked, in a sentence. */
  readonly question: string;
  readonly details?: JsonObject;
}

export interface Approval {
  readonly approved: boolean;
  readonly comment?: string;
  /** Who decided. */
  readonly by: string;
}

/** A piece of the author's own code with an outside effect, journalled as a step. */
export interface CodeStep<Result extends JsonValue> {
  readonly name: string;
  readonly effect: ToolEffect;
  readonly run: (options: {
    readonly signal: AbortSignal;
    readonly idempotencyKey: string;
  }) => Promise<Result> | Result;
}

/**
 * A durable function's hands: every call is a step under a stable key (its path: `1`, `2`, `3.0.1`),
 * journalled when it ends and answered from the journal when the function runs again. Calls of one
 * context must be made one after the other; what runs in parallel goes through `all`, whose
 * branches each get a context of their own.
 */
export interface ExecutionContext {
  readonly executionId: ExecutionId;
  readonly taskId: TaskId;
  /** Aborted when the execution is canceled, times out, or its worker stops. */
  readonly signal: AbortSignal;
  /** The agent's tools as a model sees them. */
  readonly tools: readonly ToolDescription[];
  /** How many steps may still be begun under the execution's limit. */
  readonly stepsLeft: number;
  /** @throws AppError MODEL_… when the call failed for good, TOKEN_LIMIT_REACHED, STEP_LIMIT_REACHED */
  model(step: ModelStep): Promise<ModelStepResult>;
  /** Never throws for the tool's own failure: that is in `error`. @throws AppError STEP_LIMIT_REACHED */
  tool(call: ToolCallPart): Promise<ToolStepResult>;
  /** Hands a task to another agent and waits for its end, without holding memory. */
  task(request: SubTask): Promise<SubTaskResult>;
  /** Waits durably; the process may end in between. */
  sleep(milliseconds: number): Promise<void>;
  /** Waits for a person; the task is input-required until then. */
  approval(request: ApprovalRequest): Promise<Approval>;
  code<Result extends JsonValue>(step: CodeStep<Result>): Promise<Result>;
  /** The time, the same at every replay. */
  now(): Promise<Date>;
  /** Runs branches in parallel; the results stand in the order of the branches. */
  all<Result>(branches: readonly ((context: ExecutionContext) => Promise<Result>)[]): Promise<Result[]>;
}
