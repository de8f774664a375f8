import type { ResolveTask, SubmitTask, TaskView } from '#contract';

import type { CallContext } from '../../kernel/call-context.ts';
import { CommandHandler } from '../../kernel/command-handler.ts';
import { AppError } from '../../kernel/errors.ts';
import type { EventMetadata } from '../../kernel/event.ts';
import type { ExecutionId, TaskId } from '../../kernel/ids.ts';
import type { EventStore, StreamAppend } from '../../kernel/ports/event-store.ts';
import type { Job } from '../../kernel/ports/job-queue.ts';
import type { JsonObject } from '../../utils/json.ts';
import { submittedView } from './submitted-view.ts';
import { isFinal, type TaskAggregate, type TaskCommand, taskDecider, type TaskEvent, taskStream } from './task.ts';
import type { TaskQueries, TaskService } from './task-service.ts';

/** A task that is not stored yet. */
interface NewTask {
  readonly taskId: TaskId;
  readonly streams: readonly StreamAppend[];
  readonly jobs: readonly Job[];
}

export interface TaskCommandsDependencies {
  readonly eventStore: EventStore;
  readonly queries: TaskQueries;
  /** Resolves the agent and pins what the task needs. */
  readonly start: (
    call: CallContext,
    request: Omit<SubmitTask, 'strategyParameters'> & {
      readonly strategyParameters?: JsonObject | undefined;
    },
  ) => Promise<NewTask>;
}

export interface TaskCommands extends TaskService {
  /** Cancels a task of another task; nothing happens to one that is over. */
  cancelIfRunning(context: CallContext, id: string, reason: string): Promise<void>;
}

/** Tasks may reach for the same turn of a conversation; one gets it, the others reach for the next one. */
const SUBMIT_ATTEMPTS = 50;

type Handler = CommandHandler<TaskAggregate, TaskCommand, TaskEvent>;

/* oxlint-disable max-params -- the interface's own: whose request, which task, and what of it */
export function createTaskCommands(dependencies: TaskCommandsDependencies): TaskCommands {
  const { eventStore, queries } = dependencies;
  const handler: Handler = new CommandHandler(eventStore, taskDecider);
  return {
    submit: (context, request) => submit(context, request, dependencies),
    async cancel(context, id, reason = 'canceled by its caller') {
      await queries.get(context, id);
      await cancel(handler, context, { id, reason });
      return queries.get(context, id);
    },
    async resolve(context, id, request) {
      await decide(handler, context, { task: await queries.get(context, id), request });
      return queries.get(context, id);
    },
    async cancelIfRunning(context, id, reason) {
      const { state } = await handler.load(taskStream(id));
      if (state.state === 'none' || isFinal(state)) return;
      try {
        await cancel(handler, context, { id, reason });
      } catch (error) {
        // It ended by itself in between.
        if (!(error instanceof AppError && error.code === 'TASK_FINISHED')) throw error;
      }
    },
  };
}

async function submit(
  context: CallContext,
  request: SubmitTask,
  { eventStore, queries, start }: TaskCommandsDependencies,
): Promise<TaskView> {
  for (let attempt = 1; ; attempt += 1) {
    const { taskId, streams, jobs } = await start(context, request);
    try {
      const metadata = metadataOf(context, taskId);
      const events = await eventStore.append({ tenantId: context.tenantId, metadata, streams, jobs });
      // What the read model says, without asking it: the append keeps it.
      return submittedView(taskId, events) ?? (await queries.get(context, taskId));
    } catch (error) {
      const lostTurn = error instanceof AppError && error.code === 'CONCURRENCY_CONFLICT';
      if (!lostTurn || attempt === SUBMIT_ATTEMPTS) throw error;
    }
  }
}

async function cancel(
  handler: Handler,
  context: CallContext,
  { id, reason }: { readonly id: string; readonly reason: string },
): Promise<void> {
  await handler.handle({
    streamId: taskStream(id),
    tenantId: context.tenantId,
    metadata: metadataOf(context, id),
    command: { type: 'TaskCanceled', data: { reason, by: context.principal.id } },
    together: (task) => ({ jobs: task.executions.map((subject) => ({ queue: 'advance', subject })) }),
  });
}

async function decide(
  handler: Handler,
  context: CallContext,
  { task, request }: { readonly task: TaskView; readonly request: ResolveTask },
): Promise<void> {
  const { executionId, step } = chosenWaiting(task, request);
  const { decision, result, comment } = request;
  await handler.handle({
    streamId: taskStream(task.id),
    tenantId: context.tenantId,
    metadata: metadataOf(context, task.id),
    command: {
      type: 'TaskInputProvided',
      data: {
        executionId,
        step,
        decision,
        ...(result === undefined ? {} : { result }),
        ...(comment === undefined ? {} : { comment }),
        by: context.principal.id,
      },
    },
    together: () => ({ jobs: [{ queue: 'advance', subject: executionId }] }),
  });
}

function metadataOf({ principal, traceId }: CallContext, taskId: string): EventMetadata {
  return { actor: principal.id, correlationId: taskId, traceId };
}

/** What the decision is about; it may be left unsaid where there is only one thing to decide. */
function chosenWaiting(
  task: TaskView,
  request: ResolveTask,
): { readonly executionId: ExecutionId; readonly step: string } {
  const { waiting } = task;
  const [only] = waiting;
  if (only === undefined) {
    throw new AppError('TASK_NOT_WAITING', `task ${task.id} is ${task.state} and waits for no decision`, {
      details: { state: task.state },
    });
  }
  const matching = request.step === undefined ? waiting : waiting.filter((item) => item.step === request.step);
  // Of a fork that waits at the same step as the task's own execution, the latter comes first.
  const first = matching.find((item) => item.executionId === task.executionId) ?? matching[0];
  if (first !== undefined && (matching.length === 1 || request.step !== undefined)) {
    return { executionId: first.executionId as ExecutionId, step: first.step };
  }
  if (first === undefined && request.step !== undefined) {
    const steps = waiting.map((item) => item.step);
    throw new AppError(
      'TASK_NOT_WAITING',
      `task ${task.id} does not wait for step ${request.step}, but for ${steps.join(', ')}`,
      {
        details: { waiting: steps },
      },
    );
  }
  throw new AppError(
    'VALIDATION_FAILED',
    `step: task ${task.id} waits for several decisions; name one of ${waiting.map((item) => item.step).join(', ')}`,
    {
      details: { errors: [{ path: 'step', message: 'is missing; name one' }] },
    },
  );
}
