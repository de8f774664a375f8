import { formatCount, formatNumberOf } from './formats.ts';

/** What of a backup's manifest a person wants to know. */
export interface BackupSummary {
  readonly createdAt: string;
  readonly schema: { readonly version: number };
  readonly tables: Readonly<Record<string, { readonly rows: number }>>;
  readonly blobs: { readonly rows: number };
}

/** A backup in two lines. */
export function backupLines(done: string, { schema, tables, blobs }: BackupSummary): string[] {
  const rows = Object.values(tables).reduce((sum, table) => sum + table.rows, 0);
  const events = tables['events']?.rows ?? 0;
  return [
    `${done}.`,
    `${formatNumberOf(events, 'event')}, ${formatCount(rows)} rows in ${formatNumberOf(Object.keys(tables).length, 'table')}, ` +
      `${formatNumberOf(blobs.rows, 'blob')}; schema version ${schema.version}`,
  ];
}
