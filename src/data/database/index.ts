export { backUp, type BackupOptions } from './backup.ts';
export { toDatabaseError } from './database-error.ts';
export type { DatabaseLog } from './database-log.ts';
export { openDatabase, type OpenDatabaseOptions, type OpenedDatabase } from './open-database.ts';
export { restore, type RestoreOptions } from './restore.ts';
