import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Client } from 'pg';

import { startEmbeddedPostgres } from '../../src/data/database/embedded/embedded-postgres.ts';
import { silentLog } from '../support/silent-log.ts';
import type { CallRecord, EffectRecord, EventRow } from './evidence.ts';

export const CALLS_FILE = 'calls.jsonl';
export const EFFECTS_FILE = 'effects.jsonl';

export function readCalls(evidenceDir: string): CallRecord[] {
  return readLines<CallRecord>(join(evidenceDir, CALLS_FILE));
}

export function readEffects(evidenceDir: string): EffectRecord[] {
  return readLines<EffectRecord>(join(evidenceDir, EFFECTS_FILE));
}

/** Each record was written with one call, so that a kill leaves it whole or not at all. */
function readLines<Line>(path: string): Line[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Line);
}

/** The whole log by position, read from the data folder of a factory that has ended. */
export async function readEvents(dataDir: string): Promise<EventRow[]> {
  const server = await startEmbeddedPostgres({ dataDir, log: silentLog });
  const client = new Client(server.connection);
  try {
    await client.connect();
    const { rows } = await client.query<EventRow>(`
      SELECT global_position::float8 AS "position", stream_id AS "streamId", version, type, data,
             (extract(epoch FROM recorded_at) * 1000)::float8 AS "recordedAt"
      FROM events ORDER BY global_position`);
    return rows;
  } finally {
    await client.end();
    await server.stop();
  }
}
