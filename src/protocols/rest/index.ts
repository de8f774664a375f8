export type { RestAnswer, RestHandler, RestHandlers, RestRequest } from './rest-handler.ts';
export { createRestHandlers } from './rest-handlers.ts';
export type {
  ChangeOptions,
  HealthChecks,
  RestAgents,
  RestKeys,
  RestServices,
  Revised,
  SystemFacts,
} from './rest-services.ts';
export type { StreamMessage } from './stream-message.ts';
export type { TaskStreamRequest, TaskStreamServices } from './task-stream.ts';
