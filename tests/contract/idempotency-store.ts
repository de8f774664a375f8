import { describe, expect, it } from 'vitest';

import type { IdempotencyStore, StoredAnswer } from '../../src/kernel/ports/idempotency-store.ts';

const ANSWER: StoredAnswer = { status: 202, headers: { location: '/x' }, body: { deep: [1, 'é', null] } };
let keys = 0;
const newScope = (principalId = 'key_1') => ({ tenantId: 'default', principalId, key: `key-${(keys += 1)}` });

/** What every idempotency store promises. `open` gives the store anew, as after a restart. */
export function describeIdempotencyStore(name: string, open: () => IdempotencyStore): void {
  describe(name, () => {
    it('lets exactly one of many begin', async () => {
      const scope = newScope();
      const store = open();
      const states = await Promise.all(Array.from({ length: 16 }, () => store.begin(scope, 'h')));
      expect(states.map(({ state }) => state).toSorted()).toEqual([
        'begun',
        ...Array.from({ length: 15 }, () => 'in-progress'),
      ]);
    });

    it('gives the first answer again, also after a restart', async () => {
      const scope = newScope();
      await open().begin(scope, 'h');
      await open().finish(scope, ANSWER);
      expect(await open().begin(scope, 'h')).toEqual({ state: 'answered', answer: ANSWER });
      expect(await open().begin(scope, 'other')).toEqual({ state: 'reused' });
    });

    it('keeps the keys of principals apart, and a null body', async () => {
      const scope = newScope();
      await open().begin(scope, 'h');
      expect(await open().begin({ ...scope, principalId: 'key_2' }, 'h')).toEqual({ state: 'begun' });
      await open().finish(scope, { status: 204, headers: {}, body: null });
      expect(await open().begin(scope, 'h')).toEqual({
        state: 'answered',
        answer: { status: 204, headers: {}, body: null },
      });
    });

    it('forgets what was abandoned, and never what was answered', async () => {
      const scope = newScope();
      await open().begin(scope, 'h');
      await open().abandon(scope);
      expect(await open().begin(scope, 'other')).toEqual({ state: 'begun' });
      await open().finish(scope, ANSWER);
      await open().abandon(scope);
      expect(await open().begin(scope, 'other')).toMatchObject({ state: 'answered' });
    });

    it('prunes what is old', async () => {
      const scope = newScope();
      await open().begin(scope, 'h');
      expect(await open().prune(new Date(Date.now() - 3_600_000))).toBe(0);
      expect(await open().begin(scope, 'h')).toEqual({ state: 'in-progress' });
      expect(await open().prune(new Date(Date.now() + 3_600_000))).toBeGreaterThan(0);
      expect(await open().begin(scope, 'h')).toEqual({ state: 'begun' });
    });
  });
}
