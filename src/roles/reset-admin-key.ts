import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { Configuration } from '../config/index.ts';
import { type DatabaseLog, findRunningServer, openDatabase, type OpenedDatabase } from '../data/database/index.ts';
import { createLocalEventBus } from '../data/event-bus/index.ts';
import { createPgEventStore } from '../data/event-store/index.ts';
import { openLocalBlobStore } from '../data/storage/index.ts';
import { systemContext } from '../kernel/call-context.ts';
import { systemClock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import {
  type AdminKey,
  createPgKeyQueries,
  keysProjection,
  loadPepper,
  renewAdminKey,
} from '../security/authentication/index.ts';

export interface ResetAdminKey {
  readonly configuration: Pick<Configuration, 'DATA_DIR' | 'DATABASE_URL' | 'SECRET_KEY'>;
  readonly log: DatabaseLog;
}

/**
 * Makes a new admin key in the database itself, without any key, and keeps it in `admin-key` of the
 * data folder. A factory that runs on the folder goes on, and takes the key at once.
 * @throws AppError of `openDatabase`, `loadPepper` and `renewAdminKey`; DATA_FOLDER_UNUSABLE where there is no database
 */
export async function resetAdminKey({ configuration, log }: ResetAdminKey): Promise<AdminKey> {
  const { DATA_DIR: dataDir, DATABASE_URL } = configuration;
  if (DATABASE_URL === undefined && !existsSync(join(dataDir, 'postgres'))) {
    throw new AppError('DATA_FOLDER_UNUSABLE', `There is no database in ${dataDir}: the first start makes its key.`, {
      details: { path: dataDir },
    });
  }
  const running = DATABASE_URL === undefined ? findRunningServer(dataDir) : undefined;
  const database = await openDatabase({
    dataDir,
    log,
    poolSize: 2,
    applicationName: 'pygent-maintenance',
    ...(DATABASE_URL === undefined ? {} : { databaseUrl: DATABASE_URL }),
    ...(running === undefined ? {} : { running, withoutMigrations: true }),
  });
  try {
    return await renew(configuration, database);
  } finally {
    await database.close();
  }
}

async function renew(
  { DATA_DIR: dataDir, SECRET_KEY: secretKey }: ResetAdminKey['configuration'],
  database: OpenedDatabase,
): Promise<AdminKey> {
  const context = systemContext();
  const queries = createPgKeyQueries({ queries: database.queries });
  const store = createPgEventStore({
    pool: database.pool,
    openClient: () => database.openClient(),
    blobs: await openLocalBlobStore(join(dataDir, 'blobs')),
    bus: createLocalEventBus(),
    clock: systemClock,
    projections: [keysProjection],
  });
  try {
    const pepper = await loadPepper({ secretKey, dataDir, hasKeys: () => queries.hasKeys(context.tenantId) });
    return await renewAdminKey({ store, queries, pepper, dataDir, context });
  } finally {
    await store.close();
  }
}
