import type { KeyObject } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { CallContext } from '../../kernel/call-context.ts';
import { CommandHandler } from '../../kernel/command-handler.ts';
import { AppError } from '../../kernel/errors.ts';
import type { EventStore } from '../../kernel/ports/event-store.ts';
import type { KeyQueries } from './key-queries.ts';
import { type KeyParts, keyPrefix, keyText, newKeyParts, parseKeyText, secretHmac } from './key-text.ts';
import { keyDecider, keyStream } from './key.ts';
import { assertSamePepper, keyringOpened, keyringStream, readKeyring } from './keyring.ts';
import { keepSecretFile, readSecretFile } from './secret-file.ts';

const ATTEMPTS = 3;

/** Where the first key of a factory is kept, readable by its owner alone. */
export function adminKeyFile(dataDir: string): string {
  return join(dataDir, 'admin-key');
}

export interface AdminKeyDependencies {
  readonly store: EventStore;
  readonly queries: Pick<KeyQueries, 'find' | 'hasKeys'>;
  /** Of `loadPepper`. */
  readonly pepper: KeyObject;
  readonly dataDir: string;
  /** Whose first key it is, and who makes it: `systemContext()`. */
  readonly context: CallContext;
}

export interface AdminKey {
  /** The key in the file; absent where there is no file, or one whose key this database doesn't know. */
  readonly key?: string;
  readonly file: string;
  /** Whether this call made it. */
  readonly created: boolean;
}

/**
 * Sees to it that a tenant without any key gets one with the role admin, kept in `admin-key` of the
 * data folder. The file is on disk before the key counts, and a start that finds the file without
 * its key takes that key: a process may die anywhere. Of several that start at once one makes it.
 * @throws AppError CONFIGURATION_INVALID where the tenant's keys were made under another pepper;
 *   DATA_FOLDER_UNUSABLE, also for a file that holds no key; STORAGE_FULL, DATABASE_UNAVAILABLE
 */
export async function ensureAdminKey(deps: AdminKeyDependencies): Promise<AdminKey> {
  const file = adminKeyFile(deps.dataDir);
  for (let attempt = 1; ; attempt += 1) {
    const keyring = await readKeyring(deps.store, deps.context.tenantId);
    if (keyring !== undefined) assertSamePepper(keyring, deps.pepper);
    if (keyring !== undefined || (await deps.queries.hasKeys(deps.context.tenantId))) return keptKey(deps, file);
    const { secret, made } = await keepSecretFile(file, () => keyText(newKeyParts()));
    const parts = parseKeyText(secret);
    if (parts === undefined) throw noKey(file);
    try {
      await store(deps, parts);
      return { key: secret, file, created: true };
    } catch (error) {
      const lostRace = error instanceof AppError && error.code === 'CONCURRENCY_CONFLICT';
      if (!lostRace || attempt === ATTEMPTS) throw error;
      if (made) await removeUnused(deps, { file, parts });
    }
  }
}

async function keptKey({ queries }: AdminKeyDependencies, file: string): Promise<AdminKey> {
  const text = await readSecretFile(file);
  const parts = text === undefined ? undefined : parseKeyText(text);
  const isKnown = parts !== undefined && (await queries.find(parts.id)) !== undefined;
  return text !== undefined && isKnown ? { key: text, file, created: false } : { file, created: false };
}

async function store(
  { store: events, pepper, context }: AdminKeyDependencies,
  { id, secret }: KeyParts,
): Promise<void> {
  const handler = new CommandHandler(events, keyDecider);
  await handler.handle({
    streamId: keyStream(id),
    expectedVersion: 0,
    tenantId: context.tenantId,
    metadata: { actor: context.principal.id, correlationId: id, traceId: context.traceId },
    command: {
      type: 'KeyCreated',
      data: {
        name: 'admin',
        role: 'admin',
        scopes: [],
        prefix: keyPrefix(id),
        secretHmac: secretHmac(secret, pepper).toString('base64url'),
      },
    },
    together: () => ({
      streams: [{ streamId: keyringStream(context.tenantId), expectedVersion: 0, events: [keyringOpened(id, pepper)] }],
    }),
  });
}

/** Another process, with another data folder, was first: the key made here never counted. */
async function removeUnused(
  deps: AdminKeyDependencies,
  { file, parts }: { readonly file: string; readonly parts: KeyParts },
): Promise<void> {
  const keyring = await readKeyring(deps.store, deps.context.tenantId);
  if (keyring !== undefined && keyring.keyId !== parts.id) await rm(file, { force: true });
}

function noKey(file: string): AppError {
  return new AppError('DATA_FOLDER_UNUSABLE', `${file} holds no key: move it away, and a new key is made.`, {
    details: { path: file },
  });
}
