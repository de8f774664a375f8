import { agentHandlers } from './agent-handlers.ts';
import { executionHandlers } from './execution-handlers.ts';
import type { RestHandlers } from './rest-handler.ts';
import type { RestServices } from './rest-services.ts';
import { eventHandlers, healthHandlers, keyHandlers, systemHandlers } from './system-handlers.ts';
import { conversationHandlers, taskHandlers } from './task-handlers.ts';
import { usageHandlers } from './usage-handlers.ts';

/** What every route of the contract does once its request is valid and allowed; throws `AppError`. */
export function createRestHandlers(services: RestServices): RestHandlers {
  return {
    ...agentHandlers(services),
    ...taskHandlers(services),
    ...conversationHandlers(services),
    ...executionHandlers(services),
    ...usageHandlers(services),
    ...keyHandlers(services),
    ...eventHandlers(services),
    ...systemHandlers(services),
    ...healthHandlers(services),
  };
}
