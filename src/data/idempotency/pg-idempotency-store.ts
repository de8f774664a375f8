import type { Queries } from '../../kernel/ports/database.ts';
import type {
  IdempotencyScope,
  IdempotencyState,
  IdempotencyStore,
  StoredAnswer,
} from '../../kernel/ports/idempotency-store.ts';
import type { JsonValue } from '../../utils/json.ts';

/** Keeps keyed requests in `idempotency_keys`; its primary key decides between two at once. */
export function createPgIdempotencyStore({ queries }: { readonly queries: Queries }): IdempotencyStore {
  return {
    async begin(scope, requestHash) {
      for (;;) {
        const inserted = await queries
          .insertInto('idempotency_keys')
          .values({ ...rowOf(scope), request_hash: requestHash, created_at: new Date() })
          .onConflict((conflict) => conflict.doNothing())
          .returning('key')
          .executeTakeFirst();
        if (inserted !== undefined) return { state: 'begun' };
        const found = await readState(queries, { scope, requestHash });
        // Abandoned between the two statements: take it.
        if (found !== undefined) return found;
      }
    },
    async finish(scope, answer) {
      await queries
        .updateTable('idempotency_keys')
        .set({
          status: answer.status,
          headers: JSON.stringify(answer.headers),
          body: JSON.stringify(answer.body),
        })
        .where((row) => row.and(rowOf(scope)))
        .execute();
    },
    async abandon(scope) {
      await queries
        .deleteFrom('idempotency_keys')
        .where((row) => row.and(rowOf(scope)))
        .where('status', 'is', null)
        .execute();
    },
    async prune(before) {
      const result = await queries.deleteFrom('idempotency_keys').where('created_at', '<', before).executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}

async function readState(
  queries: Queries,
  { scope, requestHash }: { readonly scope: IdempotencyScope; readonly requestHash: string },
): Promise<IdempotencyState | undefined> {
  const row = await queries
    .selectFrom('idempotency_keys')
    .select(['request_hash', 'status', 'headers', 'body'])
    .where('tenant_id', '=', scope.tenantId)
    .where('principal_id', '=', scope.principalId)
    .where('key', '=', scope.key)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  if (row.request_hash !== requestHash) return { state: 'reused' };
  if (row.status === null) return { state: 'in-progress' };
  const answer: StoredAnswer = { status: row.status, headers: row.headers ?? {}, body: row.body as JsonValue };
  return { state: 'answered', answer };
}

function rowOf({ tenantId, principalId, key }: IdempotencyScope) {
  return { tenant_id: tenantId, principal_id: principalId, key };
}
