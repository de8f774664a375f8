import type { PoolClient } from 'pg';

import type { SqlStatement } from '../../kernel/ports/database.ts';
import type { Claim, Claimed, WorkerIdentity } from '../../kernel/ports/job-queue.ts';

/** A worker that was not heard of for this long is dead. */
const DEAD_AFTER_MILLISECONDS = 3_000;

interface ClaimRow {
  readonly execution_id: string;
}

/** Claims of subjects that come into being in the same transaction. */
export function claimNew(claims: readonly Claim[]): SqlStatement {
  return {
    name: 'claim-new',
    text: `INSERT INTO claims (execution_id, worker_id, claimed_at)
           SELECT execution_id, worker_id, now() FROM unnest($1::text[], $2::text[]) AS c (execution_id, worker_id)
           ON CONFLICT (execution_id) DO NOTHING`,
    values: columns(claims),
  };
}

/** Gives up claims of subjects that are over, whatever jobs have come for them. */
export function endClaims(claims: readonly Claim[]): SqlStatement {
  return {
    name: 'end-claims',
    text: `DELETE FROM claims AS c USING unnest($1::text[], $2::text[]) AS e (execution_id, worker_id)
           WHERE c.execution_id = e.execution_id AND c.worker_id = e.worker_id`,
    values: columns(claims),
  };
}

/** In one order everywhere, so that two transactions over the same claims don't block each other. */
function columns(claims: readonly Claim[]): readonly [string[], string[]] {
  const sorted = claims.toSorted((left, right) => (left.subject < right.subject ? -1 : 1));
  return [sorted.map(({ subject }) => subject), sorted.map(({ workerId }) => workerId)];
}

/**
 * Claims what nobody holds; answers what the worker got, what it held before, and what others hold.
 * What it held is marked as woken, since its job is gone then.
 */
export async function takeClaims(
  client: PoolClient,
  { worker, subjects }: { readonly worker: WorkerIdentity; readonly subjects: readonly string[] },
): Promise<Claimed & { readonly elsewhere: readonly string[] }> {
  const { rows } = await client.query<ClaimRow>(
    `INSERT INTO claims (execution_id, worker_id, claimed_at) SELECT id, $1, now() FROM unnest($2::text[]) AS id
     ON CONFLICT (execution_id) DO NOTHING RETURNING execution_id`,
    [worker.id, subjects],
  );
  const taken = rows.map((row) => row.execution_id);
  const held = subjects.filter((subject) => !taken.includes(subject));
  if (held.length === 0) return { taken, again: [], elsewhere: [] };
  const own = await client.query<ClaimRow>(
    `UPDATE claims SET woken = true WHERE worker_id = $1 AND execution_id = ANY($2::text[]) RETURNING execution_id`,
    [worker.id, held],
  );
  const mine = new Set(own.rows.map((row) => row.execution_id));
  return { taken, again: [...mine], elsewhere: held.filter((subject) => !mine.has(subject)) };
}

/** Gives claims of the worker up; answers which it held, and whether a job came for them meanwhile. */
export async function dropNamedClaims(
  client: PoolClient,
  { worker, subjects }: { readonly worker: WorkerIdentity; readonly subjects: readonly string[] },
): Promise<readonly { readonly subject: string; readonly woken: boolean }[]> {
  const { rows } = await client.query<ClaimRow & { readonly woken: boolean }>(
    'DELETE FROM claims WHERE worker_id = $1 AND execution_id = ANY($2::text[]) RETURNING execution_id, woken',
    [worker.id, subjects],
  );
  return rows.map((row) => ({ subject: row.execution_id, woken: row.woken }));
}

/** Gives all claims of the worker up; answers which it held. */
export async function dropClaims(
  client: PoolClient,
  { worker }: { readonly worker: WorkerIdentity },
): Promise<readonly string[]> {
  const { rows } = await client.query<ClaimRow>('DELETE FROM claims WHERE worker_id = $1 RETURNING execution_id', [
    worker.id,
  ]);
  return rows.map((row) => row.execution_id);
}

/** Gives up what the worker holds without having it in hand; answers what it was. */
export async function dropClaimsBut(
  client: PoolClient,
  { worker, holding }: { readonly worker: WorkerIdentity; readonly holding: readonly string[] },
): Promise<readonly string[]> {
  const { rows } = await client.query<ClaimRow>(
    'DELETE FROM claims WHERE worker_id = $1 AND NOT execution_id = ANY($2::text[]) RETURNING execution_id',
    [worker.id, holding],
  );
  return rows.map((row) => row.execution_id);
}

/** Frees what dead workers held, or all others where the worker is the only one; answers what it was. */
export async function dropClaimsOfOthers(
  client: PoolClient,
  { worker, soleOwner }: { readonly worker: WorkerIdentity; readonly soleOwner: boolean },
): Promise<readonly string[]> {
  const { rows } = await client.query<ClaimRow>(
    `WITH dead AS (
       DELETE FROM workers WHERE id <> $1 AND ($2 OR heartbeat_at < now() - $3 * interval '1 millisecond')
       RETURNING id)
     DELETE FROM claims WHERE worker_id <> $1
       AND (worker_id IN (SELECT id FROM dead) OR worker_id NOT IN (SELECT id FROM workers))
     RETURNING execution_id`,
    [worker.id, soleOwner, DEAD_AFTER_MILLISECONDS],
  );
  return rows.map((row) => row.execution_id);
}
