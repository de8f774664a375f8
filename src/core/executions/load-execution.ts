import { fold } from '../../kernel/decider.ts';
import { AppError } from '../../kernel/errors.ts';
import type { RecordedEvent } from '../../kernel/event.ts';
import type { EventStore } from '../../kernel/ports/event-store.ts';
import { executionDecider, type ExecutionState, type StepState } from './execution.ts';
import { type ExecutionEvent, type ExecutionStarted, executionStream, type ForkOrigin } from './execution-events.ts';
import { compareStepKeys } from './step-key.ts';

export interface LoadedExecution {
  /** The caller's own: folding further events into it changes it. */
  readonly state: ExecutionState;
  /** Version of the stream it was folded from; 0 where there is no such execution. */
  readonly version: number;
  /** The event it began with: whose it is, and since when. */
  readonly first?: RecordedEvent;
}

export type LoadExecution = (executionId: string) => Promise<LoadedExecution>;

/**
 * Reads executions from the log. A fork begins with the finished steps of its origin whose keys
 * stand before the cut, marked as inherited, as they were when the fork began: what the origin
 * did afterwards doesn't reach it, so that it is the same at every load.
 * @throws AppError EXECUTION_NOT_FOUND where a fork's origin is gone, BLOB_NOT_FOUND, DATABASE_UNAVAILABLE
 */
export function createLoadExecution(store: Pick<EventStore, 'readStream'>): LoadExecution {
  const load = async (executionId: string, before?: bigint): Promise<LoadedExecution> => {
    const stored = await store.readStream(executionStream(executionId));
    const events = before === undefined ? stored : stored.filter((event) => event.globalPosition < before);
    const state = { ...executionDecider.initialState(), steps: await inheritedSteps(events[0]) };
    const [first] = events;
    return {
      state: fold(executionDecider, events as unknown as readonly ExecutionEvent[], state),
      version: events.length,
      ...(first === undefined ? {} : { first }),
    };
  };

  const inheritedSteps = async (first: RecordedEvent | undefined): Promise<Map<string, StepState>> => {
    const fork = forkOf(first);
    if (first === undefined || fork === undefined) return new Map();
    const origin = await load(fork.of, first.globalPosition);
    if (origin.version === 0) throw new AppError('EXECUTION_NOT_FOUND', `there is no execution ${fork.of} to fork`);
    return stepsBefore(origin.state, fork.at);
  };

  return (executionId) => load(executionId);
}

/** The finished steps before a cut, as a fork inherits them. */
export function stepsBefore(state: ExecutionState, at: string): Map<string, StepState> {
  const inherited = new Map<string, StepState>();
  for (const step of state.steps.values()) {
    const finished = step.status === 'completed' || step.status === 'failed';
    if (finished && compareStepKeys(step.key, at) < 0) inherited.set(step.key, { ...step, inherited: true });
  }
  return inherited;
}

function forkOf(first: RecordedEvent | undefined): ForkOrigin | undefined {
  if (first?.type !== 'ExecutionStarted') return undefined;
  return (first.data as unknown as ExecutionStarted['data']).fork;
}
