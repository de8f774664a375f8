import { AppError } from '../../kernel/errors.ts';
import type { Authorizer } from '../../kernel/ports/authorizer.ts';
import { rolesThatMay } from './permissions.ts';

/** Allows what the principal's role and, where it is narrowed, its scopes allow. */
export function createAuthorizer(): Authorizer {
  return {
    authorize({ principal }, action) {
      const roles = rolesThatMay(action);
      if (!roles.includes(principal.role)) {
        throw new AppError('FORBIDDEN', `${action} needs the role ${orOf(roles)}; yours is ${principal.role}`, {
          details: { action, roles, role: principal.role },
        });
      }
      if (principal.scopes !== undefined && !principal.scopes.includes(action)) {
        throw new AppError('FORBIDDEN', `${action} is not among the scopes of this key`, {
          details: { action, scopes: principal.scopes },
        });
      }
    },
  };
}

function orOf(roles: readonly string[]): string {
  return roles.length < 2 ? roles.join('') : `${roles.slice(0, -1).join(', ')} or ${roles.at(-1)}`;
}
