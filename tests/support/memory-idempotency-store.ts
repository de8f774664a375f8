import type { IdempotencyScope, IdempotencyStore, StoredAnswer } from '../../src/kernel/ports/idempotency-store.ts';

/** The idempotency store in memory; what it promises is tested in tests/contract with the real one. */
export function createMemoryIdempotencyStore(): IdempotencyStore {
  const rows = new Map<string, { readonly hash: string; readonly at: Date; answer?: StoredAnswer }>();
  const idOf = ({ tenantId, principalId, key }: IdempotencyScope) => JSON.stringify([tenantId, principalId, key]);
  return {
    async begin(scope, hash) {
      const row = rows.get(idOf(scope));
      if (row === undefined) {
        rows.set(idOf(scope), { hash, at: new Date() });
        return { state: 'begun' };
      }
      if (row.hash !== hash) return { state: 'reused' };
      return row.answer === undefined ? { state: 'in-progress' } : { state: 'answered', answer: row.answer };
    },
    async finish(scope, answer) {
      const row = rows.get(idOf(scope));
      if (row !== undefined) row.answer = answer;
    },
    async abandon(scope) {
      if (rows.get(idOf(scope))?.answer === undefined) rows.delete(idOf(scope));
    },
    async prune(before) {
      const old = [...rows].filter(([, row]) => row.at < before);
      for (const [id] of old) rows.delete(id);
      return old.length;
    },
  };
}
