import type { KeyObject } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { CallContext } from '../../kernel/call-context.ts';
import { CommandHandler } from '../../kernel/command-handler.ts';
import { AppError } from '../../kernel/errors.ts';
import type { EventStore, StreamAppend } from '../../kernel/ports/event-store.ts';
import type { KeyQueries } from './key-queries.ts';
import { type KeyParts, keyPrefix, keyText, newKeyParts, parseKeyText, secretHmac } from './key-text.ts';
import { keyDecider, keyStream } from './key.ts';
import { assertSamePepper, keyringOpened, keyringStream, readKeyring } from './keyring.ts';
import { keepSecretFile, readSecretFile, replaceSecretFile } from './secret-file.ts';

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
  const { tenantId } = deps.context;
  for (let attempt = 1; ; attempt += 1) {
    const keyring = await readKeyring(deps.store, tenantId);
    if (keyring !== undefined) assertSamePepper(keyring, deps.pepper);
    if (keyring !== undefined || (await deps.queries.hasKeys(tenantId))) return keptKey(deps, file);
    const { secret, made } = await keepSecretFile(file, () => keyText(newKeyParts()));
    const parts = parseKeyText(secret);
    if (parts === undefined) throw noKey(file);
    try {
      const opened = keyringOpened(parts.id, deps.pepper);
      await store(deps, parts, [{ streamId: keyringStream(tenantId), expectedVersion: 0, events: [opened] }]);
      return { key: secret, file, created: true };
    } catch (error) {
      const lostRace = error instanceof AppError && error.code === 'CONCURRENCY_CONFLICT';
      if (!lostRace || attempt === ATTEMPTS) throw error;
      if (made) await removeUnused(deps, { file, parts });
    }
  }
}

/**
 * Makes another admin key for one who has the data folder and no key any more, and puts it into
 * `admin-key` in the place of what is there. The key counts before the file is replaced: a process
 * that dies in between has lost nobody a key. All other keys stay as they are.
 * @throws AppError as `ensureAdminKey` does
 */
export async function renewAdminKey(deps: AdminKeyDependencies): Promise<AdminKey> {
  const { store: events, queries, pepper, context, dataDir } = deps;
  if (!(await queries.hasKeys(context.tenantId))) return ensureAdminKey(deps);
  const keyring = await readKeyring(events, context.tenantId);
  if (keyring !== undefined) assertSamePepper(keyring, pepper);
  const file = adminKeyFile(dataDir);
  const parts = newKeyParts();
  await store(deps, parts, []);
  await replaceSecretFile(file, keyText(parts));
  return { key: keyText(parts), file, created: true };
}

async function keptKey({ queries }: AdminKeyDependencies, file: string): Promise<AdminKey> {
  const text = await readSecretFile(file);
  const parts = text === undefined ? undefined : parseKeyText(text);
  const isKnown = parts !== undefined && (await queries.find(parts.id)) !== undefined;
  return text !== undefined && isKnown ? { key: text, file, created: false } : { file, created: false };
}

// oxlint-disable-next-line max-params -- with what, which key, and what goes with it
async function store(
  { store: events, pepper, context }: AdminKeyDependencies,
  { id, secret }: KeyParts,
  streams: readonly StreamAppend[],
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
    together: () => ({ streams }),
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
