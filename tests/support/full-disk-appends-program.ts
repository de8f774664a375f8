import { randomBytes } from 'node:crypto';
import { closeSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import { openDatabase } from '../../src/data/database/open-database.ts';
import { toErrorRecord } from '../../src/kernel/errors.ts';
import { DEFAULT_TENANT } from '../../src/kernel/ids.ts';
import { silentLog } from './silent-log.ts';
import { openTestEventStore } from './test-event-store.ts';

/**
 * Runs on a small file system of its own: appends through the event store until the disk is full and
 * some time beyond, makes room, and writes what happened as one line of JSON.
 */
const mount = process.argv[2] ?? '';
process.env['TMPDIR'] = mount;
const ballast = join(mount, 'ballast');
writeFileSync(ballast, Buffer.alloc(12 * 1024 * 1024));
const database = await openDatabase({ dataDir: join(mount, 'data'), log: silentLog });
const log = await openTestEventStore(database);

const acknowledged: string[] = [];
const codes = new Set<string>();
async function append(streamId: string, bytes = 40_000): Promise<void> {
  const data = { text: randomBytes(bytes).toString('base64').slice(0, bytes) };
  const streams = [
    { streamId, expectedVersion: 0, events: [1, 2, 3].map((part) => ({ type: 'Filled', data: { ...data, part } })) },
  ];
  await log.store.append({ tenantId: DEFAULT_TENANT, metadata: { actor: 'test' }, streams });
}
async function tryAppends(from: string): Promise<void> {
  const results = await Promise.allSettled(
    Array.from({ length: 8 }, async (_, number) => {
      await append(`${from}-${number}`);
      acknowledged.push(`${from}-${number}`);
    }),
  );
  for (const result of results) if (result.status === 'rejected') codes.add(toErrorRecord(result.reason).code);
}

let round = 0;
while (codes.size === 0) await tryAppends(`${(round += 1)}`);
const rest = openSync(join(mount, 'rest'), 'w');
try {
  for (;;) writeSync(rest, Buffer.alloc(4_096));
} catch {
  closeSync(rest);
}
const blobCode = await append('blob', 100_000).then(
  () => 'stored',
  (error: unknown) => toErrorRecord(error).code,
);
for (let tries = 0; tries < 3; tries += 1) await tryAppends(`${(round += 1)}`);

for (const name of [ballast, join(mount, 'rest')]) rmSync(name);
const [first] = await log.store.append({
  tenantId: DEFAULT_TENANT,
  metadata: { actor: 'test' },
  streams: [{ streamId: 'afterwards', expectedVersion: 0, events: [{ type: 'Filled', data: {} }] }],
});
const { rows } = await database.pool.query<{ stream_id: string }>(
  "SELECT stream_id FROM events WHERE stream_id <> 'afterwards' GROUP BY 1 HAVING count(*) = 3",
);
const { rows: all } = await database.pool.query<{ stream_id: string }>(
  "SELECT DISTINCT stream_id FROM events WHERE stream_id <> 'afterwards'",
);
const whole = new Set(rows.map((row) => row.stream_id));
await log.close();
await database.close();
process.stdout.write(
  JSON.stringify({
    acknowledged: acknowledged.length,
    codes: [...codes].toSorted(),
    blobCode,
    missing: acknowledged.filter((stream) => !whole.has(stream)),
    unasked: all.map((row) => row.stream_id).filter((stream) => !acknowledged.includes(stream)),
    afterwards: first?.version,
  }),
);
