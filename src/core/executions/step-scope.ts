import type { ExecutionId, TaskId } from '../../kernel/ids.ts';
import type { ToolCallPart, ToolDescription } from '../../kernel/ports/language-model.ts';
import type { JsonValue } from '../../utils/json.ts';
import type { Activation } from './activation.ts';
import { codeStep, timeStep } from './code-step.ts';
import type {
  Approval,
  ApprovalRequest,
  CodeStep,
  ExecutionContext,
  ModelStep,
  ModelStepResult,
  SubTask,
  SubTaskResult,
  ToolStepResult,
} from './execution-context.ts';
import type { PreviousModelStep } from './message-journal.ts';
import { modelStep } from './model-step.ts';
import { describeTools } from './offered-tools.ts';
import { StepKeys } from './step-key.ts';
import { taskStep } from './task-step.ts';
import { toolStep } from './tool-step.ts';
import { approvalStep, sleepStep } from './waiting-steps.ts';

/**
 * A line of steps: the context a durable function is handed, and one for each branch of `all`.
 * Keys are given at the call, so that they follow the program and not the clock.
 */
export class StepScope implements ExecutionContext {
  readonly activation: Activation;
  readonly #keys: StepKeys;
  /** The model step before, in this line or the one it branched from. */
  #previous: PreviousModelStep | undefined;

  constructor(activation: Activation, line: { readonly prefix?: string; readonly previous?: PreviousModelStep } = {}) {
    this.activation = activation;
    this.#keys = new StepKeys(line.prefix);
    this.#previous = line.previous;
  }

  get executionId(): ExecutionId {
    return this.activation.options.executionId;
  }

  get taskId(): TaskId {
    return this.activation.options.started.taskId;
  }

  get signal(): AbortSignal {
    return this.activation.signal;
  }

  get stepsLeft(): number {
    return this.activation.stepsLeft;
  }

  get tools(): readonly ToolDescription[] {
    return describeTools(this.activation);
  }

  async model(step: ModelStep): Promise<ModelStepResult> {
    const key = this.#keys.next();
    const previous = this.#previous;
    this.#previous = { key, messages: step.messages };
    return modelStep(this.activation, { key, step, previous });
  }

  async tool(call: ToolCallPart): Promise<ToolStepResult> {
    return toolStep(this.activation, { key: this.#keys.next(), call });
  }

  async task(request: SubTask): Promise<SubTaskResult> {
    return taskStep(this.activation, { key: this.#keys.next(), request });
  }

  async sleep(milliseconds: number): Promise<void> {
    return sleepStep(this.activation, { key: this.#keys.next(), milliseconds });
  }

  async approval(request: ApprovalRequest): Promise<Approval> {
    return approvalStep(this.activation, { key: this.#keys.next(), request });
  }

  async code<Result extends JsonValue>(step: CodeStep<Result>): Promise<Result> {
    return codeStep(this.activation, { key: this.#keys.next(), step });
  }

  async now(): Promise<Date> {
    return timeStep(this.activation, this.#keys.next());
  }

  async all<Result>(branches: readonly ((context: ExecutionContext) => Promise<Result>)[]): Promise<Result[]> {
    const group = this.#keys.next();
    const previous = this.#previous;
    const branchEnded = this.activation.split(branches.length);
    const settled = await Promise.allSettled(
      branches.map(async (branch, index) => {
        const line = { prefix: `${group}.${index}.`, ...(previous === undefined ? {} : { previous }) };
        try {
          return await branch(new StepScope(this.activation, line));
        } finally {
          branchEnded();
        }
      }),
    );
    // The first failure in the order of the program, not of the clock.
    return settled.map((outcome) => {
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome.value;
    });
  }
}
