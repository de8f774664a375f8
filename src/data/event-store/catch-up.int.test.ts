import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.ts';
import { openTestEventStore, type TestEventStore } from '../../../tests/support/test-event-store.ts';
import { DEFAULT_TENANT } from '../../kernel/ids.ts';
import type { CatchUpProjection } from '../../kernel/projection.ts';
import { advanceProjection, storedPosition } from './advance-projection.ts';
import { CatchUp, type CatchUpOptions } from './catch-up.ts';
import { readProjectionLag } from './projection-lags.ts';

let database: TestDatabase;
let log: TestEventStore;
let other: TestEventStore;
beforeAll(async () => {
  database = await createTestDatabase({ poolSize: 12 });
  // No key: what is applied twice stands there twice.
  await database.pool.query('CREATE TABLE seen (place bigserial, position bigint NOT NULL)');
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.pool.query('TRUNCATE events, projections, seen');
  [log, other] = await Promise.all([openTestEventStore(database), openTestEventStore(database)]);
});
const running: CatchUp[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((catchUp) => catchUp.stop()));
  await Promise.all([log.close(), other.close()]);
});

/** Writes down the position of each event; fails for those whose data are bad until it is mended. */
class Seen implements CatchUpProjection {
  readonly name = 'seen';
  readonly handles = ['Happened'];
  readonly tables = ['seen'];
  mended = false;
  readonly given: bigint[] = [];

  readonly project: CatchUpProjection['project'] = (events) => {
    this.given.push(...events.map(({ globalPosition }) => globalPosition));
    const isBad = !this.mended && events.some(({ data }) => data['bad'] === true);
    const text = 'INSERT INTO seen (position) SELECT p / $2::int FROM unnest($1::bigint[]) AS p';
    const values = [events.map(({ globalPosition }) => globalPosition.toString()), isBad ? 0 : 1];
    return [{ name: 'seen', text, values }];
  };
}

const versions = new Map<string, number>();
async function append(streamId: string, { type = 'Happened', data = {}, to = log } = {}): Promise<bigint> {
  const key = `${database.name} ${streamId}`;
  const expectedVersion = versions.get(key) ?? 0;
  versions.set(key, expectedVersion + 1);
  const streams = [{ streamId, expectedVersion, events: [{ type, data }] }];
  const [event] = await to.store.append({ tenantId: DEFAULT_TENANT, metadata: { actor: 'x' }, streams });
  return event!.globalPosition;
}
beforeEach(() => versions.clear());

type Line = readonly [level: string, message: string, behind: unknown];

function start(projection: CatchUpProjection, options: Partial<CatchUpOptions> = {}, lines: Line[] = []): CatchUp {
  const line = (level: string) => (facts: object, message: string) =>
    void lines.push([level, message, 'behind' in facts ? facts.behind : undefined]);
  const catchUp = new CatchUp({
    projection,
    pool: database.pool,
    blobs: log.blobs,
    bus: log.bus,
    log: { info: line('info'), warn: line('warn'), error: line('error') },
    pace: { gather: 1, poll: 5, firstPause: 1, longestPause: 5 },
    ...options,
  });
  catchUp.start();
  running.push(catchUp);
  return catchUp;
}

async function seen(): Promise<readonly bigint[]> {
  const { rows } = await database.pool.query<{ position: string }>('SELECT position FROM seen ORDER BY place');
  return rows.map(({ position }) => BigInt(position));
}

async function caughtUp(): Promise<void> {
  while ((await readProjectionLag(database.pool, 'seen')).events > 0);
}

const ascending = (positions: readonly bigint[]) => positions.toSorted((left, right) => Number(left - right));

// requirement: R-DATA-CATCH-UP
describe('a catch-up projection', () => {
  it('gets every event once and in order, whoever runs it and writes, over restarts', async () => {
    const [one, two] = [new Seen(), new Seen()];
    let first = start(one);
    start(two, { bus: other.bus });
    const wanted: bigint[] = [];
    const write = (number: number) =>
      Promise.all(
        [log, other].map(async (to, index) => {
          for (let at = 0; at < 25; at += 1) wanted.push(await append(`${number}-${index}`, { to }));
        }),
      );
    const writing = Promise.all(Array.from({ length: 8 }, (_, number) => write(number)));
    for (let restart = 0; restart < 5; restart += 1) {
      await append('not-wanted', { type: 'Other' });
      await first.stop();
      first = start(one);
    }
    await writing;
    await caughtUp();
    expect(wanted).toHaveLength(400);
    expect(await seen()).toEqual(ascending(wanted));
  });

  it('goes on behind its stored position, past events that it does not handle', async () => {
    await append('s');
    await start(new Seen()).stop();
    await database.pool.query('TRUNCATE projections');
    const deps = { projection: new Seen(), pool: database.pool, blobs: log.blobs };
    expect(await storedPosition(database.pool, 'seen')).toBe(0n);
    const last = [await append('s', { type: 'Other' }), await append('t', { type: 'Other' })].at(-1)!;
    await database.pool.query('TRUNCATE seen');
    expect(await advanceProjection(deps, { after: 0n, size: 10 })).toBe(true);
    expect(await storedPosition(database.pool, 'seen')).toBe(last);
    expect(await advanceProjection(deps, { after: last, size: 10 })).toBe(false);
    // One who was overtaken, and read behind a position that is no longer the stored one.
    expect(await advanceProjection(deps, { after: 0n, size: 10 })).toBe(true);
    expect(await seen()).toHaveLength(1);
    const restarted = new Seen();
    start(restarted);
    const next = await append('s');
    await caughtUp();
    expect(restarted.given).toEqual([next]);
  });

  it('does not skip a transaction that is held open', async () => {
    const deps = { projection: new Seen(), pool: database.pool, blobs: log.blobs };
    await storedPosition(database.pool, 'seen');
    const slow = await database.pool.connect();
    await slow.query('BEGIN');
    const { rows } = await slow.query<{ global_position: string }>(
      `INSERT INTO events (stream_id, version, type, data, metadata, tenant_id, recorded_at)
       VALUES ('slow', 1, 'Happened', '{}', '{}', 'default', now()) RETURNING global_position`,
    );
    const after = await append('after');
    const advanced = await advanceProjection(deps, { after: 0n, size: 10 });
    const lag = await readProjectionLag(database.pool, 'seen');
    await slow.query('COMMIT');
    slow.release();
    expect(advanced).toBe(false);
    expect(lag).toMatchObject({ position: 0n, events: Number(after) });
    start(deps.projection);
    await caughtUp();
    expect(await seen()).toEqual([BigInt(rows[0]!.global_position), after]);
    expect(await readProjectionLag(database.pool, 'seen')).toEqual({ name: 'seen', position: after, events: 0 });
  });

  it('stops at an event it fails for, in no writer’s way, and goes on when it is mended', async () => {
    const projection = new Seen();
    const good = [await append('a'), await append('b'), await append('c')];
    const bad = await append('bad', { data: { bad: true } });
    const later = [await append('d'), await append('e')];
    const lines: Line[] = [];
    start(projection, {}, lines);
    while (lines.length < 2) await seen();
    expect(await seen()).toEqual(good);
    later.push(await append('f'));
    expect(lines[0]).toEqual(['error', expect.stringContaining('fails'), good.at(-1)!.toString()]);
    const { events, since } = await readProjectionLag(database.pool, 'seen');
    expect(events).toBe(Number(later.at(-1)! - good.at(-1)!));
    expect(since).toEqual((await log.store.readStream('bad'))[0]!.recordedAt);
    projection.mended = true;
    await caughtUp();
    expect(await seen()).toEqual([...good, bad, ...later]);
    expect(lines.at(-1)).toEqual(['info', 'the projection goes on', undefined]);
  });
});
