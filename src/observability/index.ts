export { createLogger, type Logger, type LoggerOptions } from './logger.ts';
export { createMetrics, type Metrics, type MetricsOptions } from './metrics.ts';
export { observeEvents } from './observe-events.ts';
export { addProjectionMetrics, type ProjectionMetrics } from './projection-metrics.ts';
export { createHealthChecks, type DependencyChecks } from './health-checks.ts';
