import type { Client } from 'pg';

import type { PreparedAppend } from './append-statements.ts';

/** The last version of each of these streams; those that don't exist are left out. */
export async function streamHeads(client: Client, streamIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const { rows } = await client.query<{ stream_id: string; head: number }>({
    name: 'stream-heads',
    text: 'SELECT stream_id, max(version) AS head FROM events WHERE stream_id = ANY($1::text[]) GROUP BY stream_id',
    values: [streamIds],
  });
  return new Map(rows.map((row) => [row.stream_id, row.head]));
}

/* Byte for byte, and with the time at which they were prepared: only the append itself has stored these. */
const STORED = `
SELECT e.global_position
FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
  WITH ORDINALITY AS a (stream_id, version, type, data, metadata, recorded_at, place)
JOIN events AS e ON e.stream_id = a.stream_id AND e.version = a.version
WHERE e.type = a.type AND e.data::text = a.data AND e.metadata::text = a.metadata AND e.recorded_at = a.recorded_at
ORDER BY a.place`;

/** Positions of the append's events, in their order, where all of them are stored; `undefined` otherwise. */
export async function storedPositions(
  client: Client,
  { events, dataTexts, metadataText }: PreparedAppend,
): Promise<readonly string[] | undefined> {
  const { rows } = await client.query<{ global_position: string }>({
    name: 'stored-already',
    text: STORED,
    values: [
      events.map((event) => event.streamId),
      events.map((event) => event.version),
      events.map((event) => event.type),
      dataTexts,
      events.map(() => metadataText),
      events.map((event) => event.recordedAt),
    ],
  });
  return rows.length === events.length ? rows.map((row) => row.global_position) : undefined;
}
