import { describe, expect, it } from 'vitest';

import { ROUTES, type Route } from '#contract';

import { type CallContext, type Principal, type Role, ROLES, systemContext } from '../../kernel/call-context.ts';
import { AppError } from '../../kernel/errors.ts';
import type { Action } from '../../kernel/ports/authorizer.ts';
import { createAuthorizer } from './create-authorizer.ts';
import { ACTIONS, includesRole, isAction, rolesThatMay } from './permissions.ts';

/** Who may, as people agreed on it: A(dmin), D(eveloper), O(perator), V(iewer). */
const EXPECTED: Readonly<Record<string, string>> = {
  'agents:read': 'ADOV',
  'agents:write': 'AD',
  'tasks:read': 'ADOV',
  'tasks:write': 'ADO',
  'tasks:resolve': 'ADO',
  'executions:read': 'ADOV',
  'executions:write': 'AD',
  'conversations:read': 'ADOV',
  'conversations:write': 'ADO',
  'tools:read': 'ADOV',
  'tools:write': 'AD',
  'models:read': 'ADOV',
  'models:write': 'A',
  'events:read': 'ADOV',
  'events:write': 'A',
  'keys:read': 'A',
  'keys:write': 'A',
  'documents:read-any': 'AD',
  'health:deep': 'ADO',
  'database:admin': 'A',
};

const routeActions = Object.values(ROUTES as Readonly<Record<string, Route>>)
  .map(({ action }) => action)
  .filter((action) => action !== 'public');
const actions = [...new Set([...routeActions, ...ACTIONS, ...Object.keys(EXPECTED)])] as Action[];
const authorizer = createAuthorizer();
const as = (role: Role, scopes?: readonly string[]) => {
  const principal: Principal = { id: 'key1', kind: 'key', role, ...(scopes === undefined ? {} : { scopes }) };
  return systemContext({ principal });
};
const verdict = (context: CallContext, action: Action) => {
  try {
    authorizer.authorize(context, action);
    return 'allowed';
  } catch (error) {
    return error instanceof AppError ? error.code : error;
  }
};

// requirement: R-SECURITY-ROLES
// requirement: R-SECURITY-ROLES
describe('every action of the contract and of the port', () => {
  it('is read from more than nothing', () => expect(routeActions.length).toBeGreaterThan(20));

  it.each(actions.flatMap((action) => ROLES.map((role) => ({ action, role }))))('$action as $role', (row) => {
    const { action, role } = row;
    expect(isAction(action)).toBe(true);
    expect(EXPECTED[action], `${action} has no row`).toBeDefined();
    const expected = EXPECTED[action]?.includes(role.charAt(0).toUpperCase()) === true ? 'allowed' : 'FORBIDDEN';
    expect(verdict(as(role), action)).toBe(expected);
    // A scope keeps what the role allows, and never widens it.
    expect(verdict(as(role, [action]), action)).toBe(expected);
    expect(verdict(as(role, []), action)).toBe('FORBIDDEN');
  });
});

describe('a refusal', () => {
  it('names the action and the roles that may', () => {
    expect(() => authorizer.authorize(as('viewer'), 'tasks:write')).toThrow(
      expect.objectContaining({
        message: 'tasks:write needs the role admin, developer or operator; yours is viewer',
        details: { action: 'tasks:write', roles: ['admin', 'developer', 'operator'], role: 'viewer' },
      }),
    );
    expect(() => authorizer.authorize(as('viewer'), 'keys:read')).toThrow(
      /^keys:read needs the role admin; yours is viewer$/,
    );
  });

  it('names the scopes of a key that is narrowed', () => {
    expect(() => authorizer.authorize(as('admin', ['tasks:read']), 'tasks:write')).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('tasks:write is not among the scopes'),
        details: { action: 'tasks:write', scopes: ['tasks:read'] },
      }),
    );
  });

  it('meets everybody where an action has no row', () => {
    expect(() => authorizer.authorize(as('admin'), 'nothing:read' as Action)).toThrow(
      expect.objectContaining({ code: 'FORBIDDEN' }),
    );
    expect(isAction('toString')).toBe(false);
  });
});

it('orders the roles', () => {
  expect(includesRole('admin', 'viewer')).toBe(true);
  expect(includesRole('viewer', 'viewer')).toBe(true);
  expect(includesRole('operator', 'developer')).toBe(false);
  expect(rolesThatMay('agents:write')).toEqual(['admin', 'developer']);
});
