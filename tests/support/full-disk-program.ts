import { rmSync, writeFileSync, writeSync, openSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { toDatabaseError } from '../../src/data/database/database-error.ts';
import { openDatabase } from '../../src/data/database/open-database.ts';
import { openLocalBlobStore } from '../../src/data/storage/local-blob-store.ts';
import { toErrorRecord } from '../../src/kernel/errors.ts';
import { silentLog } from './silent-log.ts';

/**
 * Runs on a small file system of its own: appends until the disk is full and some time beyond, makes room, and
 * writes what happened as one line of JSON.
 */
const mount = process.argv[2] ?? '';
const ballast = join(mount, 'ballast');
writeFileSync(ballast, Buffer.alloc(12 * 1024 * 1024));
const database = await openDatabase({ dataDir: join(mount, 'data'), log: silentLog });
const blobs = await openLocalBlobStore(join(mount, 'data', 'blobs'));

const stored: string[] = [];
const codes = new Set<string>();
async function append(stream: string): Promise<void> {
  try {
    await database.pool.query(
      `INSERT INTO events (stream_id, version, type, data, metadata, tenant_id, recorded_at)
       SELECT $1, n, 'Filled', to_json(repeat(md5(n::text), 120)), '{}', 't', now() FROM generate_series(1, 200) AS n`,
      [stream],
    );
    stored.push(stream);
  } catch (error) {
    codes.add(toErrorRecord(toDatabaseError(error)).code);
  }
}

let number = 0;
while (codes.size === 0) await append(String((number += 1)));
const storedBefore = stored.length;
/** The database may give some of its room back in between, in which a blob goes that is not wanted. */
async function refusedBlob(): Promise<unknown> {
  for (let byte = 0; ; byte += 1) {
    const rest = openSync(join(mount, 'rest'), 'a');
    try {
      for (;;) writeSync(rest, Buffer.alloc(4096));
    } catch {
      closeSync(rest);
    }
    try {
      await blobs.put(Buffer.alloc(100_000, byte));
    } catch (error) {
      return toErrorRecord(error).code;
    }
  }
}
const blobError = await refusedBlob();
for (let tries = 0; tries < 20; tries += 1) {
  await append(String((number += 1)));
  await sleep(50);
}

for (const name of [ballast, join(mount, 'rest')]) rmSync(name);
const blob = await blobs.put(Buffer.alloc(100_000, 'x'));
for (const before = stored.length; stored.length === before; await sleep(50)) await append(String((number += 1)));
const { rows } = await database.pool.query<{ stream_id: string; count: number }>(
  'SELECT stream_id, count(*)::int FROM events GROUP BY 1',
);
const found = rows.map((row) => row.stream_id);
await database.close();
process.stdout.write(
  JSON.stringify({
    storedBefore,
    codes: [...codes].toSorted(),
    blobError,
    blob,
    lost: stored.filter((stream) => !found.includes(stream)),
    halves: rows.filter((row) => row.count !== 200),
  }),
);
