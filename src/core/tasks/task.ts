import type { TaskState, Waiting } from '#contract';

import type { Decider } from '../../kernel/decider.ts';
import { AppError, type ErrorRecord } from '../../kernel/errors.ts';
import type { DomainEvent } from '../../kernel/event.ts';
import type { ConversationId, ExecutionId } from '../../kernel/ids.ts';
import type { JsonValue } from '../../utils/json.ts';

export type TaskSubmitted = DomainEvent<
  'TaskSubmitted',
  {
    readonly agent: { readonly name: string; readonly version: number };
    readonly input: string;
    readonly executionId: ExecutionId;
    readonly conversationId?: ConversationId;
    /** Place in the conversation: 1, 2, 3, … */
    readonly turn?: number;
    readonly parentExecutionId?: ExecutionId;
  }
>;
export type TaskStarted = DomainEvent<'TaskStarted', { readonly executionId: ExecutionId }>;
/** The whole list of what the task waits for; it stands instead of the one before. */
export type TaskInputRequired = DomainEvent<
  'TaskInputRequired',
  { readonly executionId: ExecutionId; readonly waiting: readonly Waiting[] }
>;
export type TaskInputProvided = DomainEvent<
  'TaskInputProvided',
  {
    readonly executionId: ExecutionId;
    readonly step: string;
    readonly decision: 'done' | 'retry' | 'fail' | 'approve' | 'reject';
    readonly result?: JsonValue;
    readonly comment?: string;
    readonly by: string;
  }
>;
export type TaskCompleted = DomainEvent<'TaskCompleted', { readonly executionId: ExecutionId; readonly text: string }>;
export type TaskFailed = DomainEvent<'TaskFailed', { readonly executionId: ExecutionId; readonly error: ErrorRecord }>;
export type TaskCanceled = DomainEvent<'TaskCanceled', { readonly reason: string; readonly by: string }>;
/** Another execution of the task began beside the one that decides its state. */
export type TaskForked = DomainEvent<'TaskForked', { readonly executionId: ExecutionId; readonly of: ExecutionId }>;
/** A fork shall end; the task and its other executions go on as they are. */
export type TaskForkCanceled = DomainEvent<
  'TaskForkCanceled',
  { readonly executionId: ExecutionId; readonly reason: string; readonly by: string }
>;

export type TaskEvent =
  | TaskSubmitted
  | TaskStarted
  | TaskInputRequired
  | TaskInputProvided
  | TaskCompleted
  | TaskFailed
  | TaskCanceled
  | TaskForked
  | TaskForkCanceled;

/** A command is the event it asks for; `decide` says whether the state allows it. */
export type TaskCommand = TaskEvent;

/**
 * A task: none → submitted → working ⇄ input-required → completed | failed | canceled. The last
 * three are final, as in A2A; a fork's waiting and answers don't touch the state.
 */
export interface TaskAggregate {
  readonly state: TaskState | 'none';
  readonly submitted?: TaskSubmitted['data'];
  readonly waiting: readonly Waiting[];
  /** Every decision a person made, in order; workers look theirs up here. */
  readonly decisions: readonly TaskInputProvided['data'][];
  readonly executions: readonly ExecutionId[];
  /** Why, of executions that shall end: those that were there when the task was canceled, and forks canceled alone. */
  readonly cancelReasons: Readonly<Partial<Record<ExecutionId, string>>>;
  readonly text?: string;
  readonly error?: ErrorRecord;
}

export const taskDecider: Decider<TaskAggregate, TaskCommand, TaskEvent> = {
  initialState: () => ({ state: 'none', waiting: [], decisions: [], executions: [], cancelReasons: {} }),
  decide(task, command) {
    if (command.type === 'TaskSubmitted') {
      if (task.state !== 'none') throw new AppError('CONCURRENCY_CONFLICT', 'the task exists already');
      return [command];
    }
    if (task.state === 'none') throw new AppError('TASK_NOT_FOUND', 'there is no such task');
    if (command.type === 'TaskForked') return [command];
    if (command.type === 'TaskForkCanceled') return forkCanceled(task, command);
    if (command.type === 'TaskStarted' && task.state !== 'submitted' && !isFinal(task)) return [];
    if (command.type === 'TaskInputProvided') return [accepted(task, command)];
    if (isFinal(task) && !isOfFork(task, command))
      throw new AppError('TASK_FINISHED', `the task is ${task.state}`, { details: { state: task.state } });
    return [command];
  },
  evolve,
};

/** Whether nothing follows the task's state. */
export function isFinal(task: TaskAggregate): boolean {
  return (
    task.state === 'completed' || task.state === 'failed' || task.state === 'canceled' || task.state === 'rejected'
  );
}

/** A fork may ask for decisions when the task itself is over. */
function isOfFork(task: TaskAggregate, command: TaskCommand): boolean {
  return command.type === 'TaskInputRequired' && command.data.executionId !== task.submitted?.executionId;
}

function forkCanceled(task: TaskAggregate, command: TaskForkCanceled): readonly TaskForkCanceled[] {
  const { executionId } = command.data;
  if (!task.executions.includes(executionId)) {
    throw new AppError('EXECUTION_NOT_FOUND', `the task has no execution ${executionId}`);
  }
  return task.cancelReasons[executionId] === undefined ? [command] : [];
}

const DECISIONS = { approval: ['approve', 'reject'], 'outcome-unknown': ['done', 'retry', 'fail'] } as const;

function accepted(task: TaskAggregate, command: TaskInputProvided): TaskInputProvided {
  const { executionId, step, decision } = command.data;
  const waiting = task.waiting.find((item) => item.executionId === executionId && item.step === step);
  if (waiting === undefined) {
    throw new AppError('TASK_NOT_WAITING', `the task does not wait for a decision on step ${step}`, {
      details: { step, waiting: task.waiting.map((item) => item.step) },
    });
  }
  const allowed: readonly string[] = DECISIONS[waiting.kind];
  if (!allowed.includes(decision)) {
    throw new AppError('VALIDATION_FAILED', `decision: step ${step} waits for ${allowed.join(', ')}, not ${decision}`, {
      details: { errors: [{ path: 'decision', message: `use one of ${allowed.join(', ')}` }] },
    });
  }
  return command;
}

function evolve(task: TaskAggregate, event: TaskEvent): TaskAggregate {
  switch (event.type) {
    case 'TaskSubmitted':
      return { ...task, state: 'submitted', submitted: event.data, executions: [event.data.executionId] };
    case 'TaskStarted':
      return { ...task, state: 'working' };
    case 'TaskInputRequired':
      return withWaiting(task, [
        ...task.waiting.filter((item) => item.executionId !== event.data.executionId),
        ...event.data.waiting,
      ]);
    case 'TaskInputProvided': {
      const { executionId, step } = event.data;
      const decided = { ...task, decisions: [...task.decisions, event.data] };
      return withWaiting(
        decided,
        task.waiting.filter((item) => item.executionId !== executionId || item.step !== step),
      );
    }
    case 'TaskCompleted':
      return { ...task, state: 'completed', text: event.data.text, waiting: forksOnly(task) };
    case 'TaskFailed':
      return { ...task, state: 'failed', error: event.data.error, waiting: forksOnly(task) };
    case 'TaskCanceled':
      return {
        ...task,
        state: 'canceled',
        waiting: [],
        cancelReasons: {
          ...Object.fromEntries(task.executions.map((executionId) => [executionId, event.data.reason])),
          ...task.cancelReasons,
        },
      };
    case 'TaskForked':
      return { ...task, executions: [...task.executions, event.data.executionId] };
    case 'TaskForkCanceled': {
      const { executionId, reason } = event.data;
      return withWaiting(
        { ...task, cancelReasons: { ...task.cancelReasons, [executionId]: reason } },
        task.waiting.filter((item) => item.executionId !== executionId),
      );
    }
    default:
      event satisfies never;
      return task;
  }
}

function forksOnly(task: TaskAggregate): readonly Waiting[] {
  return task.waiting.filter((item) => item.executionId !== task.submitted?.executionId);
}

function withWaiting(task: TaskAggregate, waiting: readonly Waiting[]): TaskAggregate {
  if (isFinal(task)) return { ...task, waiting };
  const primaryWaits = waiting.some((item) => item.executionId === task.submitted?.executionId);
  return { ...task, waiting, state: primaryWaits ? 'input-required' : 'working' };
}

/** The stream of one task. */
export const taskStream = (id: string): string => `task-${id}`;
