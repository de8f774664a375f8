import type { CallContext } from '../../kernel/call-context.ts';
import { CommandHandler } from '../../kernel/command-handler.ts';
import { AppError } from '../../kernel/errors.ts';
import type { EventStore, StreamAppend } from '../../kernel/ports/event-store.ts';
import type { KeyQueries, StoredKey } from './key-queries.ts';
import { keyDecider, keyStream } from './key.ts';
import { type AdminKeyRevoked, keyringStream } from './keyring.ts';

/** Of admin keys that are revoked at once, each attempt lets one through. */
const ATTEMPTS = 20;

export interface RevokeDependencies {
  readonly store: EventStore;
  readonly queries: Pick<KeyQueries, 'find' | 'hasAdminBeside'>;
}

/**
 * Ends a key for good, unless it is the tenant's last one that may do everything: then nobody could
 * ever make another. Such a key is revoked together with an event of the keyring, whose version is
 * read before the others are counted, so that of two revocations at once the second counts again.
 * @throws AppError KEY_NOT_FOUND, LAST_ADMIN_KEY, CONCURRENCY_CONFLICT
 */
// oxlint-disable-next-line max-params -- whose request, which key, and where it is kept
export async function revokeKey(context: CallContext, id: string, dependencies: RevokeDependencies): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const key = await dependencies.queries.find(id);
    // A key of another tenant is answered like none.
    if (key?.tenantId !== context.tenantId) {
      throw new AppError('KEY_NOT_FOUND', `there is no key ${id}`, { details: { id } });
    }
    if (key.revokedAt !== undefined) return;
    try {
      return await revoke(context, key, dependencies);
    } catch (error) {
      const lostRace = error instanceof AppError && error.code === 'CONCURRENCY_CONFLICT';
      if (!lostRace || attempt === ATTEMPTS) throw error;
    }
  }
}

// oxlint-disable-next-line max-params -- as above
async function revoke(context: CallContext, key: StoredKey, dependencies: RevokeDependencies): Promise<void> {
  const streams = await keyringAppend(context, key, dependencies);
  await new CommandHandler(dependencies.store, keyDecider).handle({
    streamId: keyStream(key.id),
    expectedVersion: 1,
    tenantId: context.tenantId,
    metadata: { actor: context.principal.id, correlationId: key.id, traceId: context.traceId },
    command: { type: 'KeyRevoked', data: { by: context.principal.id } },
    together: () => ({ streams }),
  });
}

/** What of the keyring goes with the revocation: nothing where the key may not do everything now. */
// oxlint-disable-next-line max-params -- as above
async function keyringAppend(
  context: CallContext,
  key: StoredKey,
  { store, queries }: RevokeDependencies,
): Promise<readonly StreamAppend[]> {
  const now = context.clock.now();
  const isExpired = key.expiresAt !== undefined && key.expiresAt <= now;
  if (key.role !== 'admin' || key.scopes.length > 0 || isExpired) return [];
  const streamId = keyringStream(key.tenantId);
  const expectedVersion = (await store.readStream(streamId)).length;
  if (!(await queries.hasAdminBeside(key, now))) {
    throw new AppError(
      'LAST_ADMIN_KEY',
      `key ${key.id} is the last one that may make keys: make another admin key first, with ` +
        '`pygent keys create <name> --role admin`',
      { details: { id: key.id } },
    );
  }
  const revoked: AdminKeyRevoked = { type: 'AdminKeyRevoked', data: { keyId: key.id } };
  return [{ streamId, expectedVersion, events: [revoked] }];
}
