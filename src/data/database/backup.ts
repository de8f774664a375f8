import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import pg from 'pg';

import { AppError } from '../../kernel/errors.ts';
import { errorCode } from '../../utils/error-code.ts';
import { makePrivateFolder } from '../../utils/private-folder.ts';
import { toFolderError } from '../../kernel/folder-error.ts';
import { type LocalBlobStore, openLocalBlobStore } from '../storage/index.ts';
import { writeLines } from './backup-lines.ts';
import { type BackupContent, type BackupManifest, writeManifest } from './backup-manifest.ts';
import { type BackupTable, backupTables, selectRows, TEXT_FORM_SETTINGS } from './backup-tables.ts';
import { toDatabaseError } from './database-error.ts';

const ROWS_A_FETCH = 200;

export interface BackupOptions {
  readonly connection: pg.ClientConfig;
  readonly blobs: LocalBlobStore;
  /** Made if it isn't there; must be empty. */
  readonly folder: string;
}

/**
 * Writes the whole state into a folder while everything goes on running: the tables as they are in one
 * snapshot, then the blobs, which were stored before the events that name them. `manifest.json` comes last; a
 * folder without it is not a backup. The files have everything in them that the database has: keep them safe.
 * @throws AppError DATA_FOLDER_UNUSABLE where the folder is not empty or not writable, STORAGE_FULL,
 *   DATABASE_UNAVAILABLE, BLOB_CORRUPT.
 */
export async function backUp(options: BackupOptions): Promise<BackupManifest> {
  await makeFolder(options.folder);
  const client = new pg.Client({ ...options.connection, application_name: 'pygent-backup' });
  // A connection that breaks fails the query under way as well; that is where it is reported.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ${TEXT_FORM_SETTINGS}`);
    const manifest = await writeState(client, options);
    await client.query('COMMIT');
    await writeManifest(options.folder, manifest);
    return manifest;
  } catch (error) {
    throw isFileError(error) ? toFolderError(error, options.folder) : toDatabaseError(error);
  } finally {
    await client.end();
  }
}

async function writeState(client: pg.Client, options: BackupOptions): Promise<BackupManifest> {
  const { rows: migrations } = await client.query<{ version: number; name: string; checksum: string }>(
    'SELECT version, name, checksum FROM schema_migrations ORDER BY version',
  );
  const tables: Record<string, BackupContent> = {};
  for (const table of await backupTables(client)) {
    tables[table.name] = await writeLines(tablePath(options.folder, table.name), fetchRows(client, table));
  }
  return {
    format: 1,
    createdAt: new Date().toISOString(),
    schema: {
      version: migrations.at(-1)?.version ?? 0,
      migrations: migrations.map(({ name, checksum }) => ({ name, checksum })),
    },
    tables,
    sequences: await readSequences(client),
    blobs: await writeBlobs(options),
  };
}

async function* fetchRows(client: pg.Client, table: BackupTable): AsyncIterable<readonly string[]> {
  await client.query(`DECLARE backup NO SCROLL CURSOR FOR ${selectRows(table)}`);
  for (;;) {
    const { rows } = await client.query<{ line: string }>(`FETCH ${ROWS_A_FETCH} FROM backup`);
    if (rows.length === 0) break;
    yield rows.map((row) => row.line);
  }
  await client.query('CLOSE backup');
}

/** Sequences stand outside of snapshots: read after the rows, they are never behind them. */
async function readSequences(client: pg.Client): Promise<Record<string, string>> {
  const { rows } = await client.query<{ name: string; value: string }>(
    `SELECT sequencename AS name, last_value::text AS value FROM pg_sequences
      WHERE schemaname = 'public' AND last_value IS NOT NULL ORDER BY 1`,
  );
  return Object.fromEntries(rows.map((row) => [row.name, row.value]));
}

async function writeBlobs({ blobs, folder }: BackupOptions): Promise<BackupContent> {
  const copy = await openLocalBlobStore(join(folder, 'blobs'));
  async function* copied(): AsyncIterable<readonly string[]> {
    for await (const hash of blobs.list()) {
      await copy.put(await blobs.get(hash));
      yield [hash];
    }
  }
  return await writeLines(join(folder, 'blobs.txt'), copied());
}

async function makeFolder(folder: string): Promise<void> {
  try {
    makePrivateFolder(folder);
    if ((await readdir(folder)).length > 0) {
      throw new AppError('DATA_FOLDER_UNUSABLE', `${folder} is not empty: name an empty folder for the backup.`, {
        details: { path: folder },
      });
    }
    await mkdir(join(folder, 'tables'), { mode: 0o700 });
  } catch (error) {
    throw toFolderError(error, folder);
  }
}

/** Where a backup has a table's rows. */
export function tablePath(folder: string, table: string): string {
  return join(folder, 'tables', `${table}.ndjson`);
}

/** A failed system call that names a path; those of the connection name an address. */
export function isFileError(error: unknown): boolean {
  return errorCode(error) !== undefined && typeof error === 'object' && error !== null && 'path' in error;
}
