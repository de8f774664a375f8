import type { Pool } from 'pg';
import { describe, expect, it } from 'vitest';

import { AppError } from '../../kernel/errors.ts';
import type { BlobStore } from '../../kernel/ports/blob-store.ts';
import { CatchUp } from './catch-up.ts';

/** A database that is away for so many questions, and then has nothing new. */
function poolThatIsAway(times: number): { readonly pool: Pool; readonly back: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  let asked = 0;
  const query = async ({ name }: { readonly name: string }) => {
    asked += 1;
    if (asked <= times) throw new AppError('DATABASE_UNAVAILABLE', 'gone');
    if (name !== 'projection-position') resolve();
    return { rows: name === 'projection-position' ? [{ position: '7' }] : [] };
  };
  return { pool: { query } as unknown as Pool, back: promise };
}

describe('CatchUp', () => {
  it('waits for a database that is away, and says so once', async () => {
    const lines: string[] = [];
    const { pool, back } = poolThatIsAway(5);
    const line = (level: string) => (_facts: object, message: string) => void lines.push(`${level} ${message}`);
    const catchUp = new CatchUp({
      projection: { name: 'p', handles: [], tables: [], project: () => [] },
      pool,
      blobs: {} as BlobStore,
      bus: { onRecorded: () => () => undefined },
      log: { info: line('info'), warn: line('warn'), error: line('error') },
      pace: { firstPause: 1, longestPause: 1 },
    });
    catchUp.start();
    await back;
    await catchUp.stop();
    expect(lines).toEqual(['warn the projection waits for the database', 'info the projection goes on']);
  });
});
