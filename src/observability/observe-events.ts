import type { RecordedEvent } from '../kernel/event.ts';
import type { EventBus } from '../kernel/ports/event-bus.ts';
import type { Metrics } from './metrics.ts';

const TASK_STATE_OF_EVENT: Readonly<Record<string, string>> = {
  TaskSubmitted: 'submitted',
  TaskStarted: 'working',
  TaskInputRequired: 'input-required',
  TaskCompleted: 'completed',
  TaskFailed: 'failed',
  TaskCanceled: 'canceled',
};
const STEP_STATUS_OF_EVENT: Readonly<Record<string, string>> = {
  StepCompleted: 'completed',
  StepFailed: 'failed',
  StepAttemptFailed: 'attempt-failed',
};

/** Counts tasks, steps and events as the log tells of them; returns how to stop. */
export function observeEvents(bus: Pick<EventBus, 'onRecorded'>, metrics: Metrics): () => void {
  return bus.onRecorded((events) => {
    metrics.eventsAppended.inc(events.length);
    for (const event of events) count(event, metrics);
  });
}

function count(event: RecordedEvent, metrics: Metrics): void {
  const state = TASK_STATE_OF_EVENT[event.type];
  if (state !== undefined) metrics.tasks.inc({ state });
  const status = STEP_STATUS_OF_EVENT[event.type];
  if (status === undefined) return;
  const { kind } = event.data;
  metrics.steps.inc({ kind: typeof kind === 'string' ? kind : 'unknown', status });
}
