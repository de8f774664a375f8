export { createAuthorizer } from './create-authorizer.ts';
export { ACTIONS, includesRole, isAction, rolesThatMay } from './permissions.ts';
