import { join } from 'node:path';

import pg from 'pg';

import { AppError } from '../../kernel/errors.ts';
import type { BlobStore } from '../../kernel/ports/blob-store.ts';
import { toFolderError } from '../../kernel/folder-error.ts';
import { openLocalBlobStore } from '../storage/index.ts';
import { isFileError, tablePath } from './backup.ts';
import { readLines, verifyLines } from './backup-lines.ts';
import { type BackupManifest, readManifest } from './backup-manifest.ts';
import { type BackupTable, backupTables, insertRows, TEXT_FORM_SETTINGS } from './backup-tables.ts';
import { toDatabaseError } from './database-error.ts';
import { migrate } from './migrate.ts';
import { type Migration, readMigrations } from './migration-files.ts';

const CHARACTERS_AN_INSERT = 2 * 1024 * 1024;

export interface RestoreOptions {
  /** An empty database: without tables, or with those of the backup's schema version and no row in them. */
  readonly connection: pg.ClientConfig;
  /** Where the blobs go; others may be there already, since a blob's name says what is in it. */
  readonly blobs: BlobStore;
  /** What `backUp` wrote. */
  readonly folder: string;
  /** The package's own unless given. */
  readonly migrations?: readonly Migration[];
}

/**
 * Loads a backup into an empty database: first every checksum is tried, then comes the schema as it was at the
 * time, then all rows in one transaction, and last the migrations that came since.
 * @throws AppError RESTORE_TARGET_NOT_EMPTY, BACKUP_INVALID, BLOB_CORRUPT, SCHEMA_TOO_NEW (the backup is of a
 *   newer version), MIGRATION_FAILED, STORAGE_FULL, DATABASE_UNAVAILABLE; the tables are as before then.
 */
export async function restore(options: RestoreOptions): Promise<BackupManifest> {
  const manifest = await readManifest(options.folder);
  const migrations = options.migrations ?? readMigrations();
  checkSchema(manifest, migrations);
  await verifyFiles(options.folder, manifest);
  const client = new pg.Client({ ...options.connection, application_name: 'pygent-restore' });
  // A connection that breaks fails the query under way as well; that is where it is reported.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await checkEmpty(client);
    await migrate(options.connection, { migrations: migrations.slice(0, manifest.schema.version) });
    await restoreBlobs(options);
    await loadTables(client, { folder: options.folder, manifest });
    await migrate(options.connection, { migrations });
    return manifest;
  } catch (error) {
    throw isFileError(error) ? toFolderError(error, options.folder) : toDatabaseError(error);
  } finally {
    await client.end();
  }
}

function checkSchema(manifest: BackupManifest, migrations: readonly Migration[]): void {
  const { version, migrations: known } = manifest.schema;
  if (version > migrations.length) {
    throw new AppError(
      'SCHEMA_TOO_NEW',
      `The backup is of schema ${version}, and this version of pygent-factory knows ${migrations.length}: ` +
        'upgrade pygent-factory first.',
      { details: { found: version, known: migrations.length } },
    );
  }
  const other = known.find((migration, index) => migrations[index]?.checksum !== migration.checksum);
  if (other !== undefined || known.length !== version) {
    throw new AppError('BACKUP_INVALID', `The backup was made with another ${other?.name ?? 'set of migrations'}.`, {
      details: { migration: other?.name },
    });
  }
}

async function verifyFiles(folder: string, manifest: BackupManifest): Promise<void> {
  for (const [name, content] of Object.entries(manifest.tables)) await verifyLines(tablePath(folder, name), content);
  await verifyLines(join(folder, 'blobs.txt'), manifest.blobs);
}

async function checkEmpty(client: pg.Client): Promise<void> {
  for (const table of await backupTables(client)) {
    const { rowCount } = await client.query(`SELECT 1 FROM ${pg.escapeIdentifier(table.name)} LIMIT 1`);
    if (rowCount === 0) continue;
    throw new AppError(
      'RESTORE_TARGET_NOT_EMPTY',
      `The table ${table.name} of the database is not empty: restore into a new DATA_DIR or an empty database.`,
      { details: { table: table.name } },
    );
  }
}

async function restoreBlobs(options: RestoreOptions): Promise<void> {
  const stored = await openLocalBlobStore(join(options.folder, 'blobs'));
  for await (const hash of readLines(join(options.folder, 'blobs.txt'))) {
    await options.blobs.put(await stored.get(hash));
  }
}

async function loadTables(
  client: pg.Client,
  { folder, manifest }: { folder: string; manifest: BackupManifest },
): Promise<void> {
  await client.query(`BEGIN; ${TEXT_FORM_SETTINGS}`);
  try {
    const tables = await backupTables(client);
    checkTables(tables, manifest);
    // What migrations themselves put in is in the backup too. This also keeps every other writer out.
    await client.query(`TRUNCATE ${tables.map((table) => pg.escapeIdentifier(table.name)).join(', ')}`);
    for (const table of tables) await loadTable(client, { table, folder });
    for (const [name, value] of Object.entries(manifest.sequences)) {
      await client.query('SELECT setval($1::regclass, $2)', [`public.${pg.escapeIdentifier(name)}`, value]);
    }
    await client.query('COMMIT');
  } catch (error) {
    const mapped = toDatabaseError(error);
    if (!(mapped instanceof AppError) || mapped.code !== 'DATABASE_UNAVAILABLE') await client.query('ROLLBACK');
    throw mapped;
  }
}

function checkTables(tables: readonly BackupTable[], manifest: BackupManifest): void {
  const expected = Object.keys(manifest.tables).toSorted().join(', ');
  const found = tables
    .map((table) => table.name)
    .toSorted()
    .join(', ');
  if (expected === found) return;
  throw new AppError('BACKUP_INVALID', `The backup has the tables ${expected}; its schema has ${found}.`);
}

async function loadTable(client: pg.Client, { table, folder }: { table: BackupTable; folder: string }): Promise<void> {
  const statement = insertRows(table);
  let batch: string[] = [];
  let characters = 0;
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await client.query(statement, [`[${batch.join(',')}]`]);
    batch = [];
    characters = 0;
  };
  for await (const line of readLines(tablePath(folder, table.name))) {
    batch.push(line);
    characters += line.length;
    if (characters >= CHARACTERS_AN_INSERT) await flush();
  }
  await flush();
}
