import type { RecordedEvent } from '../kernel/event.ts';
import type { EventBus } from '../kernel/ports/event-bus.ts';
import { isJsonObject, type JsonValue } from '../utils/json.ts';
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
    metrics.eventsAppended.add([], events.length);
    for (const event of events) count(event, metrics);
  });
}

function count(event: RecordedEvent, metrics: Metrics): void {
  const state = TASK_STATE_OF_EVENT[event.type];
  if (state !== undefined) metrics.tasks.add([state]);
  const status = STEP_STATUS_OF_EVENT[event.type];
  if (status === undefined) return;
  const { kind } = event.data;
  metrics.steps.add([typeof kind === 'string' ? kind : 'unknown', status]);
  if (kind === 'model') measureModelCall(event, metrics);
}

function measureModelCall({ type, data }: RecordedEvent, metrics: Metrics): void {
  const model = typeof data['name'] === 'string' ? data['name'] : 'unknown';
  if (type === 'StepAttemptFailed') return;
  const outcome = type === 'StepCompleted' ? 'completed' : 'failed';
  metrics.modelCallDuration.observe({ model, outcome }, amountOf(data['durationMilliseconds']) / 1_000);
  const usage = isJsonObject(data['usage']) ? data['usage'] : {};
  metrics.modelTokens.add([model, 'input'], amountOf(usage['inputTokens']));
  metrics.modelTokens.add([model, 'output'], amountOf(usage['outputTokens']));
  metrics.modelCost.add([model], amountOf(data['costMicrodollars']) / 1_000_000);
}

/** What was not told counts as nothing. */
function amountOf(value: JsonValue | undefined): number {
  return typeof value === 'number' && value > 0 ? value : 0;
}
