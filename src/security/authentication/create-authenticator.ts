import type { KeyObject } from 'node:crypto';

import type { CallContext } from '../../kernel/call-context.ts';
import type { Clock } from '../../kernel/clock.ts';
import { AppError } from '../../kernel/errors.ts';
import type { EventBus } from '../../kernel/ports/event-bus.ts';
import { KeyCache } from './key-cache.ts';
import type { KeyQueries, StoredKey } from './key-queries.ts';
import { isSecretOf, parseKeyText } from './key-text.ts';
import { keyStream } from './key.ts';

export interface AuthenticatorDependencies {
  readonly keys: Pick<KeyQueries, 'find'>;
  /** Of `loadPepper`. */
  readonly pepper: KeyObject;
  readonly clock: Clock;
  readonly bus: Pick<EventBus, 'onRecorded'>;
}

export interface Authenticator {
  /**
   * Whose key an Authorization header holds, as the context of the request.
   * @throws AppError UNAUTHENTICATED. Whether an id exists is not told; that a key was revoked or has
   *   expired is told to the one who holds its secret.
   */
  readonly authenticate: (
    authorization: string | undefined,
    facts: Pick<CallContext, 'traceId' | 'signal'>,
  ) => Promise<CallContext>;
  /** Stops listening to the bus. */
  readonly close: () => void;
}

/** Stands in for the HMAC of a key that is not there, so that both take the same steps. */
const NO_HMAC = new Uint8Array(32);

/**
 * Authenticates by `Authorization: Bearer pygent_<id>_<secret>`. Keys are remembered for 5 s: a
 * revocation takes effect at once in the process whose bus tells of it, in others within that time.
 */
export function createAuthenticator({ keys, pepper, clock, bus }: AuthenticatorDependencies): Authenticator {
  const cache = new KeyCache({ find: (id) => keys.find(id), clock });
  const close = bus.onRecorded((events) => {
    for (const { type, streamId } of events) {
      if (type === 'KeyRevoked') cache.forget(streamId.slice(keyStream('').length));
    }
  });
  return {
    async authenticate(authorization, facts) {
      const { id, secret } = parseHeader(authorization);
      const key = await cache.get(id);
      const isRight = isSecretOf(secret, { hmac: key?.secretHmac ?? NO_HMAC, pepper });
      if (key === undefined || !isRight) throw unauthenticated('the key is not valid here');
      assertUsable(key, clock.now());
      const scopes = key.scopes.length === 0 ? {} : { scopes: key.scopes };
      return {
        tenantId: key.tenantId,
        principal: { id: key.id, kind: 'key', role: key.role, ...scopes },
        traceId: facts.traceId,
        signal: facts.signal,
        clock,
      };
    },
    close,
  };
}

function parseHeader(authorization: string | undefined): { readonly id: string; readonly secret: string } {
  if (authorization === undefined) throw unauthenticated('no key was given: send `Authorization: Bearer <key>`');
  const [, text] = /^bearer +(\S+)$/i.exec(authorization) ?? [];
  if (text === undefined) throw unauthenticated('the Authorization header must read `Bearer <key>`');
  const parts = parseKeyText(text);
  if (parts === undefined) {
    throw unauthenticated('this is no key of the factory: one reads pygent_<id>_<secret>, and is sent whole');
  }
  return parts;
}

function assertUsable({ revokedAt, expiresAt }: StoredKey, now: Date): void {
  if (revokedAt !== undefined) throw unauthenticated(`this key was revoked at ${revokedAt.toISOString()}`);
  if (expiresAt !== undefined && expiresAt <= now) {
    throw unauthenticated(`this key expired at ${expiresAt.toISOString()}`);
  }
}

function unauthenticated(message: string): AppError {
  return new AppError('UNAUTHENTICATED', message);
}
