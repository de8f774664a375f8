import type { FactoryParts } from './factory-parts.ts';
import { systemContext } from '../kernel/call-context.ts';
import {
  type AdminKey,
  type Authenticator,
  createAuthenticator,
  createKeyService,
  createPgKeyQueries,
  ensureAdminKey,
  type KeyService,
  loadPepper,
} from '../security/authentication/index.ts';

export interface Security {
  readonly keys: KeyService;
  readonly authenticator: Authenticator;
  /** The first key there ever was, and whether this start made it. */
  readonly adminKey: AdminKey;
}

/** Keys and who holds them; the first start makes the first key. @throws AppError as `loadPepper` and `ensureAdminKey` do */
export async function openSecurity(parts: FactoryParts): Promise<Security> {
  const { configuration, database, eventStore, eventBus, clock } = parts;
  const queries = createPgKeyQueries({ queries: database.queries });
  const context = systemContext({ clock });
  const pepper = await loadPepper({
    secretKey: configuration.SECRET_KEY,
    dataDir: configuration.DATA_DIR,
    hasKeys: () => queries.hasKeys(context.tenantId),
  });
  const adminKey = await ensureAdminKey({
    store: eventStore,
    queries,
    pepper,
    dataDir: configuration.DATA_DIR,
    context,
  });
  return {
    keys: createKeyService({ store: eventStore, queries, pepper }),
    authenticator: createAuthenticator({ keys: queries, pepper, clock, bus: eventBus }),
    adminKey,
  };
}
