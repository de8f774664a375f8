import { fold } from '../../kernel/decider.ts';
import type { RecordedEvent } from '../../kernel/event.ts';
import { taskDecider, type TaskEvent, taskStream } from '../tasks/index.ts';
import { executionDecider } from './execution.ts';
import { type ExecutionEvent, type ExecutionStarted, executionStream } from './execution-events.ts';
import type { StoredTask } from './journal.ts';
import type { LoadedExecution } from './load-execution.ts';

/** An execution and its task as the append made them with which both began. */
export interface FreshExecution {
  readonly loaded: LoadedExecution;
  readonly task: StoredTask;
}

/**
 * What the events of an append tell of an execution that begins with them, so that its worker need
 * not read it; undefined where they don't tell all (a fork begins with steps of its origin, in a
 * task that was there before).
 */
export function freshExecution(executionId: string, events: readonly RecordedEvent[]): FreshExecution | undefined {
  const own = events.filter(({ streamId }) => streamId === executionStream(executionId));
  const [first] = own;
  if (first?.type !== 'ExecutionStarted' || first.version !== 1) return undefined;
  const { taskId, fork } = first.data as unknown as ExecutionStarted['data'];
  const ofTask = events.filter(({ streamId }) => streamId === taskStream(taskId));
  if (fork !== undefined || ofTask[0]?.version !== 1) return undefined;
  return {
    loaded: {
      state: fold(executionDecider, own as unknown as readonly ExecutionEvent[]),
      version: own.length,
      first,
    },
    task: { state: fold(taskDecider, ofTask as unknown as readonly TaskEvent[]), version: ofTask.length },
  };
}
