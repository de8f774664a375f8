import type { AppError } from '../../kernel/errors.ts';
import { toErrorRecord } from '../../kernel/errors.ts';
import type { Job } from '../../kernel/ports/job-queue.ts';
import type { TaskEvent } from '../tasks/index.ts';
import type { Activation, Rest } from './activation.ts';
import { textOf } from './execution.ts';
import type { ExecutionEvent } from './execution-events.ts';
import type { RunDependencies, RunOutcome, Settled } from './run-outcome.ts';

/** What cuts an execution off for good; with every other reason it is let go, and goes on elsewhere or later. */
const ENDING_REASONS: ReadonlySet<string> = new Set(['EXECUTION_CANCELED', 'EXECUTION_TIMEOUT', 'NON_DETERMINISM']);

type EndDependencies = Pick<RunDependencies, 'cancelTask'> & {
  /** Whose claim on the execution ends with it. */
  readonly worker: string;
};

/**
 * Writes down how the function came to a stop, in one append with what follows from it: the end of
 * the task and of the worker's claim, and a job for whoever waits for it.
 * @throws AppError where the journal can't be written any more
 */
// oxlint-disable-next-line max-params -- whose end, which end, and what it takes
export async function endExecution(
  activation: Activation,
  settled: Settled,
  dependencies: EndDependencies,
): Promise<RunOutcome> {
  switch (settled.kind) {
    case 'drained':
      await activation.journal.flush();
      return { kind: 'drained' };
    case 'suspended':
      return suspend(activation, settled);
    case 'finished':
      await complete(activation, { content: settled.result.content, dependencies });
      return { kind: 'ended', isReleased: true };
    case 'failed':
      await fail(activation, { error: settled.error, dependencies });
      return { kind: 'ended', isReleased: true };
    case 'aborted':
      if (settled.reason.code === 'SHUTTING_DOWN') return { kind: 'drained' };
      if (!ENDING_REASONS.has(settled.reason.code)) throw settled.reason;
      await fail(activation, { error: settled.reason, isAborted: true, dependencies });
      return { kind: 'ended', isReleased: true };
    default:
      settled satisfies never;
      return { kind: 'lost' };
  }
}

async function suspend(activation: Activation, { steps, wakeAt: soonest }: Rest): Promise<RunOutcome> {
  const { deadline } = activation.options.started;
  const times = [...(soonest === undefined ? [] : [soonest]), ...(deadline === undefined ? [] : [new Date(deadline)])];
  const wakeAt = times.toSorted((left, right) => left.getTime() - right.getTime())[0];
  const { executionId, journal } = activation.options;
  const jobs: Job[] = wakeAt === undefined ? [] : [{ queue: 'advance', subject: executionId, startAfter: wakeAt }];
  await journal.now(
    {
      type: 'ExecutionSuspended',
      data: { steps, totals: journal.state.totals, ...(wakeAt === undefined ? {} : { wakeAt: wakeAt.toISOString() }) },
    },
    { jobs },
  );
  return { kind: 'suspended', ...(wakeAt === undefined ? {} : { wakeAt }) };
}

interface Completion {
  readonly content: Extract<ExecutionEvent, { type: 'ExecutionCompleted' }>['data']['content'];
  readonly dependencies: EndDependencies;
}

async function complete(activation: Activation, { content, dependencies }: Completion): Promise<void> {
  const { executionId, journal, started } = activation.options;
  await journal.now(
    { type: 'ExecutionCompleted', data: { content, totals: journal.state.totals } },
    {
      task: started.primary ? [{ type: 'TaskCompleted', data: { executionId, text: textOf(content) } }] : [],
      jobs: jobsAtEnd(activation),
      ended: [{ subject: executionId, workerId: dependencies.worker }],
    },
  );
}

interface Failure {
  readonly error: AppError;
  /** Cut off from outside: a function may itself throw an error of any code. */
  readonly isAborted?: boolean;
  readonly dependencies: EndDependencies;
}

async function fail(activation: Activation, { error, isAborted, dependencies }: Failure): Promise<void> {
  const { executionId, journal, started, call } = activation.options;
  const isCanceled = isAborted === true && error.code === 'EXECUTION_CANCELED';
  // A child that is about to be stored can be canceled only when it is there.
  await journal.flush();
  await cancelChildren(activation, (taskId) =>
    dependencies.cancelTask(call, taskId, `its parent ${executionId} ended`),
  );
  const { totals } = journal.state;
  const event: ExecutionEvent = isCanceled
    ? { type: 'ExecutionCanceled', data: { reason: error.message, totals } }
    : { type: 'ExecutionFailed', data: { error: toErrorRecord(error), totals } };
  const failed: TaskEvent = { type: 'TaskFailed', data: { executionId, error: toErrorRecord(error) } };
  await journal.now(event, {
    task: isCanceled || !started.primary ? [] : [failed],
    jobs: jobsAtEnd(activation),
    ended: [{ subject: executionId, workerId: dependencies.worker }],
  });
}

async function cancelChildren(activation: Activation, cancel: (taskId: string) => Promise<void>): Promise<void> {
  for (const step of activation.journal.state.steps.values()) {
    if (step.status === 'waiting' && step.childTaskId !== undefined) await cancel(step.childTaskId);
  }
}

/** Whoever waits for this execution's task looks again. */
function jobsAtEnd({ options }: Activation): readonly Job[] {
  const { parent, primary } = options.started;
  return parent === undefined || !primary ? [] : [{ queue: 'advance', subject: parent.executionId }];
}
