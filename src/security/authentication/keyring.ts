import type { KeyObject } from 'node:crypto';

import { AppError } from '../../kernel/errors.ts';
import type { DomainEvent } from '../../kernel/event.ts';
import type { TenantId } from '../../kernel/ids.ts';
import type { EventStore } from '../../kernel/ports/event-store.ts';
import { isSecretOf, secretHmac } from './key-text.ts';

/** The tenant got its first key. It is the first event of its stream, so that it can't happen twice. */
export type KeyringOpened = DomainEvent<
  'KeyringOpened',
  {
    readonly keyId: string;
    /** HMAC of a fixed text, base64url: tells whether a process has the same pepper. */
    readonly pepperCheck: string;
  }
>;

/** One of the keys that may do everything was revoked: of two at once, the second must look again at what is left. */
export type AdminKeyRevoked = DomainEvent<'AdminKeyRevoked', { readonly keyId: string }>;

const CHECKED_TEXT = 'pygent keyring';

export const keyringStream = (tenantId: TenantId): string => `keyring-${tenantId}`;

export function keyringOpened(keyId: string, pepper: KeyObject): KeyringOpened {
  return {
    type: 'KeyringOpened',
    data: { keyId, pepperCheck: secretHmac(CHECKED_TEXT, pepper).toString('base64url') },
  };
}

/** How the tenant's keys began; undefined where it has none yet. */
export async function readKeyring(
  store: Pick<EventStore, 'readStream'>,
  tenantId: TenantId,
): Promise<KeyringOpened['data'] | undefined> {
  const [opened] = await store.readStream(keyringStream(tenantId), { limit: 1 });
  return opened?.type === 'KeyringOpened' ? (opened.data as KeyringOpened['data']) : undefined;
}

/** @throws AppError CONFIGURATION_INVALID where the keys were made under another pepper, so that none would work */
export function assertSamePepper({ pepperCheck }: KeyringOpened['data'], pepper: KeyObject): void {
  if (isSecretOf(CHECKED_TEXT, { hmac: Buffer.from(pepperCheck, 'base64url'), pepper })) return;
  throw new AppError(
    'CONFIGURATION_INVALID',
    'SECRET_KEY: the keys in the database were made under another secret, so that none of them would work: set ' +
      'SECRET_KEY (or SECRET_KEY_FILE) as it was then; all processes over one database need the same.',
    { details: { field: 'SECRET_KEY' } },
  );
}
