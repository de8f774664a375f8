import pg from 'pg';

/** Facts of running processes, worthless to another; and the record of migrations, which are run again. */
const LEFT_OUT = ['schema_migrations', 'workers', 'claims'];

/** A table as a backup sees it. */
export interface BackupTable {
  readonly name: string;
  readonly columns: readonly BackupColumn[];
}

interface BackupColumn {
  readonly name: string;
  /** SQL type with its modifier. */
  readonly type: string;
}

/**
 * The tables whose rows make up the product's state: all of the schema `public` but those of running processes.
 * Without generated columns, and without columns of type xid8: transaction numbers mean nothing in another
 * cluster, where the default gives the number of the restoring transaction.
 */
export async function backupTables(client: pg.ClientBase): Promise<readonly BackupTable[]> {
  const { rows } = await client.query<{ name: string; columns: BackupColumn[] }>(
    `SELECT c.relname AS name,
            json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod))
                     ORDER BY a.attnum) AS columns
       FROM pg_class c
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND a.attgenerated = '' AND a.atttypid <> 'xid8'::regtype AND c.relname <> ALL ($1)
      GROUP BY c.relname ORDER BY c.relname`,
    [LEFT_OUT],
  );
  return rows;
}

/** Rows as JSON arrays of the columns' text forms, which every type reads back without loss; line breaks escaped. */
export function selectRows(table: BackupTable): string {
  const columns = table.columns.map((column) => `${pg.escapeIdentifier(column.name)}::text`);
  return `SELECT json_build_array(${columns.join(', ')})::text AS line FROM ${pg.escapeIdentifier(table.name)}`;
}

/** The counterpart of `selectRows`; $1 is a JSON array of such rows. */
export function insertRows(table: BackupTable): string {
  const columns = table.columns.map((column) => pg.escapeIdentifier(column.name));
  const values = table.columns.map((column, index) => `(r ->> ${index})::${column.type}`);
  return `INSERT INTO ${pg.escapeIdentifier(table.name)} (${columns.join(', ')}) OVERRIDING SYSTEM VALUE
    SELECT ${values.join(', ')} FROM json_array_elements($1::json) AS rows (r)`;
}

/** So that text forms are the same on both sides, whatever the servers' settings. */
export const TEXT_FORM_SETTINGS =
  "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'; SET LOCAL intervalstyle = 'postgres'; " +
  "SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; SET LOCAL search_path = public, pg_catalog";
