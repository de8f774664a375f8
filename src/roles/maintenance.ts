import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type pg from 'pg';

import type { Configuration } from '../config/index.ts';
import {
  type BackupManifest,
  backUp,
  type DatabaseLog,
  findRunningServer,
  type MigrationReport,
  openDatabase,
  readManifest,
  restore,
} from '../data/database/index.ts';
import { rebuildProjections } from '../data/event-store/index.ts';
import { type LocalBlobStore, openLocalBlobStore } from '../data/storage/index.ts';
import { AppError } from '../kernel/errors.ts';
import type { CatchUpProjection, InlineProjection } from '../kernel/projection.ts';

export interface Maintenance {
  readonly configuration: Pick<Configuration, 'DATA_DIR' | 'DATABASE_URL'>;
  readonly log: DatabaseLog;
}

/**
 * Brings the schema up to date.
 * @throws AppError DATA_FOLDER_LOCKED with the pid of a factory that holds the folder (it has done
 *   so at its start), and those of `openDatabase`
 */
export async function migrateDatabase(maintenance: Maintenance): Promise<MigrationReport> {
  const database = await openDatabase(openOptions(maintenance));
  await database.close();
  return database.migrations;
}

/**
 * Writes everything into a folder. A factory that runs on the data folder goes on: the backup is
 * one more client of its database.
 * @throws AppError of `backUp` and `openDatabase`; DATA_FOLDER_UNUSABLE where there is no database
 */
export async function backUpDatabase(maintenance: Maintenance, folder: string): Promise<BackupManifest> {
  const { DATA_DIR, DATABASE_URL } = maintenance.configuration;
  assertThere(maintenance, 'back up');
  const blobs = await openBlobs(maintenance);
  const running = DATABASE_URL === undefined ? findRunningServer(DATA_DIR) : undefined;
  if (running !== undefined) return await backUp({ connection: running, blobs, folder });
  return await withDatabase(maintenance, (connection) => backUp({ connection, blobs, folder }));
}

/** Loads a backup into an empty database and an empty data folder. @throws AppError of `restore` and `openDatabase` */
export async function restoreDatabase(maintenance: Maintenance, folder: string): Promise<BackupManifest> {
  // Asked before a database is made for it.
  await readManifest(folder);
  return await withDatabase(maintenance, async (connection) =>
    restore({ connection, blobs: await openBlobs(maintenance), folder }),
  );
}

export interface RebuildOptions {
  /** Read models to empty and fill again. */
  readonly projections: readonly InlineProjection[];
  readonly catchUps: readonly CatchUpProjection[];
  /** Told now and then how many events of the log have been read. */
  readonly onProgress: (events: number) => void;
}

/**
 * Makes the read models anew from the log; answers how many events were projected. A factory that
 * runs on the data folder goes on: its appends wait, and its readers see the old rows, until the
 * new ones are there.
 * @throws AppError of `rebuildProjections` and `openDatabase`; DATA_FOLDER_UNUSABLE where there is no database
 */
export async function rebuildDatabase(maintenance: Maintenance, options: RebuildOptions): Promise<number> {
  const { DATA_DIR, DATABASE_URL } = maintenance.configuration;
  assertThere(maintenance, 'rebuild');
  const blobs = await openBlobs(maintenance);
  const rebuild = async (connection: pg.ClientConfig): Promise<number> => {
    const { events } = await rebuildProjections({ connection, blobs, ...options });
    return events;
  };
  const running = DATABASE_URL === undefined ? findRunningServer(DATA_DIR) : undefined;
  if (running !== undefined) return await rebuild(running);
  const database = await openDatabase(openOptions(maintenance));
  try {
    return await rebuild(database.connection);
  } finally {
    await database.close();
  }
}

/** So that a folder named wrongly is told, and no empty database made in it. */
function assertThere({ configuration }: Maintenance, purpose: string): void {
  const { DATA_DIR, DATABASE_URL } = configuration;
  if (DATABASE_URL !== undefined || existsSync(join(DATA_DIR, 'postgres'))) return;
  throw new AppError('DATA_FOLDER_UNUSABLE', `There is no database in ${DATA_DIR}: nothing to ${purpose}.`, {
    details: { path: DATA_DIR },
  });
}

/** The database with the schema it has. */
async function withDatabase<Result>(
  maintenance: Maintenance,
  use: (connection: pg.ClientConfig) => Promise<Result>,
): Promise<Result> {
  const database = await openDatabase({ ...openOptions(maintenance), withoutMigrations: true });
  try {
    return await use(database.connection);
  } finally {
    await database.close();
  }
}

function openOptions({ configuration, log }: Maintenance) {
  const { DATA_DIR: dataDir, DATABASE_URL: databaseUrl } = configuration;
  return {
    dataDir,
    log,
    poolSize: 1,
    applicationName: 'pygent-maintenance',
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
  };
}

function openBlobs({ configuration }: Maintenance): Promise<LocalBlobStore> {
  return openLocalBlobStore(join(configuration.DATA_DIR, 'blobs'));
}
