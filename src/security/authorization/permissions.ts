import { type Role, ROLES } from '../../kernel/call-context.ts';
import type { Action } from '../../kernel/ports/authorizer.ts';

/** Who may do what: for every action the least role that may; the roles before it in `ROLES` may too. */
const LEAST_ROLE: Readonly<Record<Action, Role>> = {
  'agents:read': 'viewer',
  'agents:write': 'developer',
  'tasks:read': 'viewer',
  'tasks:write': 'operator',
  'tasks:resolve': 'operator',
  'executions:read': 'viewer',
  'executions:write': 'developer',
  'conversations:read': 'viewer',
  'conversations:write': 'operator',
  'tools:read': 'viewer',
  'tools:write': 'developer',
  'models:read': 'viewer',
  'models:write': 'admin',
  'events:read': 'viewer',
  'events:write': 'admin',
  'documents:read-any': 'developer',
  'health:deep': 'operator',
  'keys:read': 'admin',
  'keys:write': 'admin',
  'database:admin': 'admin',
};

/** Every action there is, in the order of the table. */
export const ACTIONS = Object.keys(LEAST_ROLE) as readonly Action[];

/** Whether a text names an action. */
export function isAction(text: string): text is Action {
  return Object.hasOwn(LEAST_ROLE, text);
}

/** The roles that may do something, strongest first; none for an action that has no row. */
export function rolesThatMay(action: Action): readonly Role[] {
  return ROLES.slice(0, ROLES.indexOf(LEAST_ROLE[action]) + 1);
}

/** Whether a role allows whatever the other one does. */
export function includesRole(role: Role, other: Role): boolean {
  return ROLES.indexOf(role) <= ROLES.indexOf(other);
}
