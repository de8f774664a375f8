import type { CallContext } from '../call-context.ts';

/** What a caller wants to do, as `resource:verb`. */
export type Action =
  | `${'agents' | 'tasks' | 'executions' | 'conversations' | 'tools' | 'models' | 'events' | 'keys'}:${'read' | 'write'}`
  | 'tasks:resolve'
  | 'documents:read-any'
  | 'health:deep'
  | 'database:admin';

export interface Authorizer {
  /** @throws AppError FORBIDDEN, naming the action and the roles that may do it. */
  authorize(context: CallContext, action: Action): void;
}
