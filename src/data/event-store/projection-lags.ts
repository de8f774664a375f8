import type { Pool } from 'pg';

import type { ProjectionLag } from '../../kernel/projection.ts';

/* One look at the end of an index for each: to count the events behind would take ever longer the more there are. */
const READ = `
SELECT wanted.name, coalesce(p.position, 0) AS position,
       greatest(coalesce((SELECT max(global_position) FROM events), 0) - coalesce(p.position, 0), 0) AS events,
       (SELECT recorded_at FROM events WHERE global_position > coalesce(p.position, 0)
        ORDER BY global_position LIMIT 1) AS since
FROM unnest($1::text[]) WITH ORDINALITY AS wanted (name, place)
LEFT JOIN projections AS p ON p.name = wanted.name
ORDER BY wanted.place`;

interface LagRow {
  readonly name: string;
  readonly position: string;
  readonly events: string;
  readonly since: Date | null;
}

/** How far a catch-up projection is behind, whoever keeps it. */
export async function readProjectionLag(pool: Pool, name: string): Promise<ProjectionLag> {
  const [lag] = await readProjectionLags(pool, [name]);
  return lag ?? { name, position: 0n, events: 0 };
}

/** How far catch-up projections are behind, in the order of their names given, whoever keeps them. */
export async function readProjectionLags(pool: Pool, names: readonly string[]): Promise<readonly ProjectionLag[]> {
  const { rows } = await pool.query<LagRow>({ name: 'projection-lags', text: READ, values: [names] });
  return rows.map(({ name, position, events, since }) => ({
    name,
    position: BigInt(position),
    events: Number(events),
    ...(since === null ? {} : { since }),
  }));
}
