import { type ExecutionView, type ForkExecution } from '#contract';

import type { CallContext } from '../../kernel/call-context.ts';
import { CommandHandler } from '../../kernel/command-handler.ts';
import { AppError } from '../../kernel/errors.ts';
import { type ExecutionId, newExecutionId } from '../../kernel/ids.ts';
import type { EventStore } from '../../kernel/ports/event-store.ts';
import type { AgentDirectory } from '../agents/index.ts';
import { type TaskAggregate, type TaskCommand, taskDecider, type TaskEvent, taskStream } from '../tasks/index.ts';
import type { ExecutionState } from './execution.ts';
import { type ExecutionStarted, executionStream } from './execution-events.ts';
import type { ExecutionService } from './execution-service.ts';
import type { LoadExecution } from './load-execution.ts';
import { loadOwn } from './load-own.ts';
import type { PgExecutionQueries } from './pg-execution-queries.ts';
import { createReplay, type ReplayDependencies } from './replay-execution.ts';
import type { TaskStarter } from './start-task.ts';
import { compareStepKeys } from './step-key.ts';

export interface ExecutionCommandsDependencies extends ReplayDependencies {
  readonly eventStore: EventStore;
  readonly queries: PgExecutionQueries;
  readonly loadExecution: LoadExecution;
  readonly starter: TaskStarter;
  readonly agents: AgentDirectory;
}

/** Forks, cancels of forks, and replays. */
export function createExecutionCommands(dependencies: ExecutionCommandsDependencies): ExecutionService {
  const { eventStore, queries } = dependencies;
  const handler = new CommandHandler<TaskAggregate, TaskCommand, TaskEvent>(eventStore, taskDecider);
  return {
    async fork(context, id, request): Promise<ExecutionView> {
      const { started, state } = await loadOwn(context, id, dependencies);
      assertCut(state, request.at);
      const executionId = newExecutionId();
      const data = await forkStarted(context, { origin: id as ExecutionId, started, request, dependencies });
      await handler.handle({
        streamId: taskStream(started.taskId),
        tenantId: context.tenantId,
        metadata: { actor: context.principal.id, correlationId: started.taskId, traceId: context.traceId },
        command: { type: 'TaskForked', data: { executionId, of: id as ExecutionId } },
        together: () => ({
          streams: [
            {
              streamId: executionStream(executionId),
              expectedVersion: 0,
              events: [{ type: 'ExecutionStarted', data }],
            },
          ],
          jobs: [{ queue: 'advance', subject: executionId, isNew: true }],
        }),
      });
      return queries.stored(context, executionId);
    },
    async cancel(context, id, reason = 'canceled by its caller') {
      const { started, state } = await loadOwn(context, id, dependencies);
      assertCancelable(id, state, started);
      await handler.handle({
        streamId: taskStream(started.taskId),
        tenantId: context.tenantId,
        metadata: { actor: context.principal.id, correlationId: started.taskId, traceId: context.traceId },
        command: {
          type: 'TaskForkCanceled',
          data: { executionId: id as ExecutionId, reason, by: context.principal.id },
        },
        together: () => ({ jobs: [{ queue: 'advance', subject: id }] }),
      });
      return queries.stored(context, id);
    },
    replay: createReplay(dependencies),
  };
}

// oxlint-disable-next-line max-params -- the execution: its id, its state, and what it began with
function assertCancelable(id: string, { status }: ExecutionState, { primary, taskId }: ExecutionStarted['data']): void {
  if (status !== 'running' && status !== 'suspended') {
    throw new AppError('EXECUTION_FINISHED', `execution ${id} is ${status}`, { details: { status } });
  }
  if (primary) {
    throw new AppError(
      'EXECUTION_IS_PRIMARY',
      `execution ${id} decides the state of its task; \`pygent tasks cancel ${taskId}\` ends both`,
      { details: { taskId } },
    );
  }
}

function assertCut({ steps }: ExecutionState, at: string): void {
  if (steps.has(at)) return;
  const known = [...steps.keys()].toSorted(compareStepKeys).slice(0, 100);
  throw new AppError(
    'STEP_NOT_FOUND',
    `at: the execution has no step ${at}; its steps are ${known.join(', ') || 'none'}`,
    {
      details: { steps: known },
    },
  );
}

interface Fork {
  readonly origin: ExecutionId;
  readonly started: ExecutionStarted['data'];
  readonly request: ForkExecution;
  readonly dependencies: ExecutionCommandsDependencies;
}

/** What the fork pins: the origin's own, or another agent's at its version. */
async function forkStarted(
  { tenantId }: CallContext,
  { origin, started, request, dependencies }: Fork,
): Promise<ExecutionStarted['data']> {
  const { parent: _parent, deadline: _deadline, fork: _fork, ...rest } = started;
  const kept = { ...rest, ...dependencies.starter.deadline(started.limits) };
  const fork = { of: origin, at: request.at };
  const input = request.input ?? started.input;
  const { taskId, history, documents } = started;
  const { agents, starter } = dependencies;
  if (request.agent === undefined) return { ...kept, input, primary: false, fork };
  const agent = await agents.resolve(tenantId, request.agent);
  const fresh = await starter.executionStarted(tenantId, {
    agent,
    request: { agent: request.agent, input, ...(documents === undefined ? {} : { documents }) },
    taskId,
    history,
  });
  return { ...fresh, primary: false, fork };
}
