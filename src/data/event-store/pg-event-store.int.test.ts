import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';

import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.ts';
import { openTestEventStore, type TestEventStore } from '../../../tests/support/test-event-store.ts';
import type { RecordedEvent } from '../../kernel/event.ts';
import { DEFAULT_TENANT, type TenantId } from '../../kernel/ids.ts';
import type { EventStore } from '../../kernel/ports/event-store.ts';

let database: TestDatabase;
let log: TestEventStore;
/** The store of another process. */
let other: TestEventStore;
beforeAll(async () => {
  database = await createTestDatabase({ poolSize: 12 });
});
afterAll(async () => {
  await database.close();
});
beforeEach(async () => {
  await database.pool.query('TRUNCATE events');
  [log, other] = await Promise.all([openTestEventStore(database), openTestEventStore(database)]);
});
afterEach(async () => {
  await Promise.all([log.close(), other.close()]);
});

interface Append {
  readonly to?: EventStore;
  readonly at?: number;
  readonly data?: object;
  readonly tenantId?: TenantId;
}

const append = (streamId: string, { to = log.store, at = 0, data = {}, tenantId = DEFAULT_TENANT }: Append = {}) =>
  to.append({
    tenantId,
    metadata: { actor: 'key_1', correlationId: 'task_1' },
    streams: [{ streamId, expectedVersion: at, events: [{ type: 'Happened', data }] }],
  });

async function readAll(store: EventStore, limit = 7): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (;;) {
    const page = await store.readAll({ after: events.at(-1)?.globalPosition ?? 0n, limit });
    if (page.length === 0) return events;
    events.push(...page);
  }
}

describe('append', () => {
  it('answers with the events as they stand in the log, and tells of them', async () => {
    const told: RecordedEvent[] = [];
    log.bus.onRecorded((events) => told.push(...events));
    const recorded = await log.store.append({
      tenantId: 'acme' as TenantId,
      metadata: { actor: 'key_1', traceId: 't' },
      streams: [
        {
          streamId: 's',
          expectedVersion: 0,
          events: [
            { type: 'A', data: { x: 1 } },
            { type: 'B', data: {} },
          ],
        },
        { streamId: 't', expectedVersion: 0, events: [{ type: 'C', data: { y: [null] } }] },
      ],
    });
    expect(recorded.map(({ streamId, version, type }) => [streamId, version, type])).toEqual([
      ['s', 1, 'A'],
      ['s', 2, 'B'],
      ['t', 1, 'C'],
    ]);
    expect(told).toEqual(recorded);
    expect(await readAll(log.store)).toEqual(recorded);
    expect(await log.store.readStream('s', { fromVersion: 2, limit: 5 })).toEqual([recorded[1]]);
    expect(await other.store.readStream('nothing')).toEqual([]);
  });

  // requirement: R-DATA-OPTIMISTIC-LOCK
  it('lets one of two writers win, and their neighbours in the same batch be', async () => {
    const results = await Promise.allSettled([append('s'), append('a'), append('s'), append('b')]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(results[2]).toMatchObject({
      reason: { code: 'CONCURRENCY_CONFLICT', details: { stream: 's', version: 1, expected: 0 } },
    });
    const late = await Promise.allSettled([append('c', { to: other.store }), append('s', { to: other.store })]);
    expect(late.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });

  it('stores several streams together or not at all', async () => {
    await append('t');
    const events = [{ type: 'Happened', data: {} }];
    const streams = ['s', 't', 'u'].map((streamId) => ({ streamId, expectedVersion: 0, events }));
    const request = { tenantId: DEFAULT_TENANT, metadata: { actor: 'x' }, streams };
    await expect(log.store.append(request)).rejects.toMatchObject({ details: { stream: 't' } });
    expect(await log.store.readStream('s')).toEqual([]);
  });

  it('leaves no hole in a stream', async () => {
    await append('s');
    for (const to of [log.store, other.store]) {
      await expect(append('s', { to, at: 2 })).rejects.toMatchObject({ code: 'CONCURRENCY_CONFLICT' });
    }
    await append('s', { at: 1, to: other.store });
    await append('s', { at: 2 });
  });

  it('keeps every stream whole, whoever writes where and when', async () => {
    const writes = fc.array(
      fc.record({ stream: fc.constantFrom('p', 'q', 'r'), elsewhere: fc.boolean(), pause: fc.boolean() }),
      { minLength: 1, maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(writes, async (wanted) => {
        await database.pool.query('TRUNCATE events');
        const [one, two] = await Promise.all([openTestEventStore(database), openTestEventStore(database)]);
        const acknowledged = new Map<string, string[]>();
        await Promise.all(
          wanted.map(async ({ stream, elsewhere, pause }, number) => {
            const to = (elsewhere ? two : one).store;
            if (pause) await nextTurn();
            const at = (await to.readStream(stream)).length;
            try {
              const [event] = await append(stream, { to, at, data: { number } });
              acknowledged.set(stream, [...(acknowledged.get(stream) ?? []), `${event!.version}:${number}`]);
            } catch (error) {
              expect(error).toMatchObject({ code: 'CONCURRENCY_CONFLICT' });
            }
          }),
        );
        for (const [stream, own] of acknowledged) {
          const stored = await one.store.readStream(stream);
          expect(stored.map(({ version }) => version)).toEqual(stored.map((_, index) => index + 1));
          expect(stored.map(({ version, data }) => `${version}:${JSON.stringify(data['number'])}`)).toEqual(
            own.toSorted(byVersion),
          );
        }
        await Promise.all([one.close(), two.close()]);
      }),
      { numRuns: 25 },
    );
  });

  // requirement: R-DATA-GROUP-COMMIT
  it('commits many callers with few flushes', async () => {
    await append('warm');
    await Promise.all(Array.from({ length: 64 }, (_, number) => append(`s${number}`)));
    expect(log.batches.slice(1).reduce((sum, events) => sum + events, 0)).toBe(64);
    expect(log.batches.length - 1).toBeLessThanOrEqual(3);
  });

  it('is closed when it says so', async () => {
    const own = await openTestEventStore(database);
    const under = append('s', { to: own.store });
    await nextTurn();
    await own.close();
    await under;
    await expect(append('t', { to: own.store })).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });
});

function byVersion(left: string, right: string): number {
  return Number(left.split(':')[0]) - Number(right.split(':')[0]);
}

describe('one bad append', () => {
  const bad: Record<string, () => Promise<unknown>> = {
    'a NUL in the name of a stream': () => append('s\0'),
    'a NUL in the name of a stream that should be there': () => append('s\0', { at: 3 }),
    'a NUL in the tenant': () => append('s', { tenantId: '\0' as TenantId }),
    'a name of a stream that no index holds': () => append(randomBytes(8_000).toString('base64')),
    'a version beyond what there is': () => append('s', { at: 2_147_483_647 }),
    'data that is no JSON': () => append('s', { data: { toJSON: () => undefined } }),
    'data that is too deep to be written down': () => append('s', { data: nested(200_000) }),
  };

  it.each(Object.keys(bad))('does not fail its neighbours: %s', async (name) => {
    const settled = await Promise.allSettled([append('a'), bad[name]!(), append('b'), append('c')]);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect((await readAll(log.store)).map(({ streamId }) => streamId).toSorted()).toEqual(['a', 'b', 'c']);
    await append('d');
  });

  function nested(depth: number): object {
    let value: object = {};
    for (let level = 0; level < depth; level += 1) value = { value };
    return value;
  }
});

describe('what events carry', () => {
  it('comes back as it was, whatever JSON it is', async () => {
    const strings = ['a\0b', '\ud800', '\u2028', '"\\{}', '{"a","b"}', 'NULL', ''];
    await append('strings', { data: { strings } });
    expect((await log.store.readStream('strings'))[0]?.data).toEqual({ strings });
    let number = 0;
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), async (data) => {
        const streamId = `json-${(number += 1)}`;
        await append(streamId, { data });
        const [stored] = await log.store.readStream(streamId);
        expect(stored?.data).toEqual(JSON.parse(JSON.stringify(data)));
      }),
      { numRuns: 100 },
    );
  });

  it('goes to the blob store above 64 KiB, and comes back from there', async () => {
    const inRow = async (streamId: string) => {
      const query = 'SELECT octet_length(data::text) AS bytes FROM events WHERE stream_id = $1';
      const { rows } = await database.pool.query<{ bytes: number }>(query, [streamId]);
      return rows[0]?.bytes;
    };
    const around = JSON.stringify({ text: '' }).length;
    await append('inline', { data: { text: 'x'.repeat(65_536 - around) } });
    expect(await inRow('inline')).toBe(65_536);
    for (const [streamId, text] of Object.entries({ ascii: 'x'.repeat(65_537 - around), wide: '€'.repeat(22_000) })) {
      const [recorded] = await append(streamId, { data: { text } });
      expect(await inRow(streamId)).toBeLessThan(150);
      expect(recorded?.data).toEqual({ text });
      expect((await log.store.readStream(streamId))[0]?.data).toEqual({ text });
    }
    await expect(other.store.readStream('wide')).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' });
  });
});

describe('readAll', () => {
  // requirement: R-DATA-GLOBAL-ORDER
  it('stops before a transaction in flight, so that its events are not skipped', async () => {
    await append('before');
    const client = await database.pool.connect();
    await client.query('BEGIN');
    await client.query(
      `INSERT INTO events (stream_id, version, type, data, metadata, tenant_id, recorded_at)
       VALUES ('slow', 1, 'Happened', '{}', '{}', 'default', now())`,
    );
    const [after] = await append('after');
    expect((await readAll(log.store)).map(({ streamId }) => streamId)).toEqual(['before']);
    await client.query('COMMIT');
    client.release();
    const events = await readAll(log.store);
    expect(events.map(({ streamId }) => streamId)).toEqual(['before', 'slow', 'after']);
    expect(events[1]!.globalPosition < after!.globalPosition).toBe(true);
  });

  it('skips nothing for a reader who goes on from the last position while two processes write', async () => {
    const writers = Array.from({ length: 16 }, async (_, number) => {
      const to = (number % 2 === 0 ? log : other).store;
      for (let at = 0; at < 15; at += 1) await append(`w${number}`, { to, at });
    });
    let writing = true;
    const done = Promise.all(writers).then(() => (writing = false));
    const seen: RecordedEvent[] = [];
    for (let more = true; more; more = writing || seen.length < 16 * 15) {
      seen.push(...(await log.store.readAll({ after: seen.at(-1)?.globalPosition ?? 0n, limit: 11 })));
    }
    await done;
    expect(seen).toHaveLength(16 * 15);
    for (let number = 0; number < 16; number += 1) {
      const own = seen.filter(({ streamId }) => streamId === `w${number}`).map(({ version }) => version);
      expect(own).toEqual(Array.from({ length: 15 }, (_, index) => index + 1));
    }
  });

  it('reads what it is asked for only', async () => {
    await append('s', { tenantId: 'acme' as TenantId });
    await append('s', { at: 1 });
    await append('t');
    const read = async (options: { readonly streamIds?: string[]; readonly tenantId?: TenantId }) =>
      (await log.store.readAll({ after: 0n, limit: 10, ...options })).map(
        ({ streamId, version }) => `${streamId}${version}`,
      );
    expect(await read({ streamIds: ['s'] })).toEqual(['s1', 's2']);
    expect(await read({ tenantId: DEFAULT_TENANT })).toEqual(['s2', 't1']);
    expect(await read({ streamIds: ['s'], tenantId: DEFAULT_TENANT })).toEqual(['s2']);
    expect(await read({ streamIds: [] })).toEqual([]);
    expect(await read({ streamIds: ['t', 'no\0'] })).toEqual(['t1']);
    expect(await log.store.readStream('no\0')).toEqual([]);
  });
});
