import type { Pool } from 'pg';

/** Whether this database has had no job queue before; a backup leaves the jobs out. */
export async function isFirstQueue(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ version: string | null }>(`SELECT to_regclass('pgboss.version') AS version`);
  return (rows[0]?.version ?? null) === null;
}

/**
 * Executions that are not over and that nothing would ever look at again: without a claim and
 * without a job. One that waits for a person or a delegate has neither by right, and is left out
 * unless `all` is asked for.
 */
export async function forgottenExecutions(pool: Pool, { all }: { readonly all: boolean }): Promise<readonly string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `SELECT id FROM executions AS execution
     WHERE ended_at IS NULL AND ($1 OR status = 'running' OR wake_at IS NOT NULL)
       AND NOT EXISTS (SELECT FROM claims WHERE execution_id = execution.id)
       AND NOT EXISTS (SELECT FROM pgboss.job
         WHERE name = 'advance' AND state IN ('created', 'retry') AND data ->> 'subject' = execution.id)`,
    [all],
  );
  return rows.map((row) => row.id);
}
