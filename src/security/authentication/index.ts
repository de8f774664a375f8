export { createAuthenticator, type Authenticator, type AuthenticatorDependencies } from './create-authenticator.ts';
export {
  adminKeyFile,
  ensureAdminKey,
  renewAdminKey,
  type AdminKey,
  type AdminKeyDependencies,
} from './ensure-admin-key.ts';
export type { KeyQueries, StoredKey } from './key-queries.ts';
export { createKeyService, type KeyService, type KeyServiceDependencies } from './key-service.ts';
export { loadPepper, type PepperSources } from './load-pepper.ts';
export { createPgKeyQueries } from './pg-key-queries.ts';
export { keysProjection } from './pg-keys-projection.ts';
