export { createLogger, LOG_LEVELS, redactText, type LogLevel, type Logger, type LoggerOptions } from './logger.ts';
export { createMetrics, type Metrics, type MetricsOptions } from './metrics.ts';
export { observeEvents } from './observe-events.ts';
