import { Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

import { Tally } from './tally.ts';

export type Metrics = ReturnType<typeof createMetrics>;

/** Seconds, from a cache hit to a slow model. */
const REQUEST_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const MODEL_BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

export interface MetricsOptions {
  /** Process and event loop metrics of Node; they hold a timer, so tests leave them out. */
  readonly process?: boolean;
}

/** Every metric of the factory, in a registry of its own. Names follow the Prometheus conventions. */
export function createMetrics({ process = true }: MetricsOptions = {}) {
  const registry = new Registry();
  if (process) collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return { registry, ...httpMetrics(registers), ...runtimeMetrics(registers), ...modelMetrics(registers) };
}

function httpMetrics(registers: Registry[]) {
  return {
    httpRequestDuration: new Histogram({
      name: 'pygent_http_request_duration_seconds',
      help: 'Time from the request to the end of its answer; streams are not in it.',
      labelNames: ['method', 'route', 'status'],
      buckets: REQUEST_BUCKETS,
      registers,
    }),
    httpStreams: new Gauge({
      name: 'pygent_http_streams',
      help: 'Open event streams.',
      labelNames: ['route'],
      registers,
    }),
  };
}

function runtimeMetrics(registers: Registry[]) {
  return {
    tasks: new Tally({
      name: 'pygent_tasks_total',
      help: 'Tasks that came into a state.',
      labelNames: ['state'],
      registers,
    }),
    executionsActive: new Gauge({
      name: 'pygent_executions_active',
      help: 'Executions that this process works on.',
      registers,
    }),
    steps: new Tally({
      name: 'pygent_steps_total',
      help: 'Steps that ended.',
      labelNames: ['kind', 'status'],
      registers,
    }),
    eventsAppended: new Tally({
      name: 'pygent_events_appended_total',
      help: 'Events that were stored.',
      labelNames: [],
      registers,
    }),
    appendBatch: new Histogram({
      name: 'pygent_event_store_append_batch_size',
      help: 'Events that one commit stored together.',
      buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
      registers,
    }),
  };
}

function modelMetrics(registers: Registry[]) {
  return {
    modelCallDuration: new Histogram({
      name: 'pygent_model_call_duration_seconds',
      help: 'Time of a model call.',
      labelNames: ['model', 'outcome'],
      buckets: MODEL_BUCKETS,
      registers,
    }),
    modelTokens: new Tally({
      name: 'pygent_model_tokens_total',
      help: 'Tokens that models took and gave.',
      labelNames: ['model', 'direction'],
      registers,
    }),
    modelCost: new Tally({
      name: 'pygent_model_cost_dollars_total',
      help: 'US dollars by the price table.',
      labelNames: ['model'],
      registers,
    }),
  };
}
