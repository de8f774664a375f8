import * as fc from 'fast-check';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.ts';
import { intArray, textArray, timestampArray } from './binary-arrays.ts';

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool;
});
afterAll(() => database.close());

/** What the database makes of the parameter, one row for each element. */
async function readBack(type: string, parameter: Buffer): Promise<unknown[]> {
  const text = `SELECT array(SELECT to_json(e) FROM unnest($1::${type}[]) AS e)::json[] AS elements`;
  const { rows } = await pool.query<{ elements: unknown[] }>(text, [parameter]);
  return rows[0]?.elements ?? [];
}

const wellFormed = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'));

describe('binary arrays', () => {
  it('bring any text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(wellFormed, { minLength: 1 }), async (values) => {
        expect(await readBack('text', textArray(values))).toEqual(values);
      }),
      { numRuns: 50, examples: [[['', '{"a,b\\}', 'NULL', '日本語 🙂']]] },
    );
  });

  it('bring JSON', async () => {
    const values = [{ a: [1, '"\\', null] }, 'x', 7, {}];
    const parameter = textArray(
      values.map((value) => JSON.stringify(value)),
      'json',
    );
    expect(await readBack('json', parameter)).toEqual(values);
  });

  it('bring whole numbers up to their bounds', async () => {
    const values = [0, 1, -1, 2_147_483_647, -2_147_483_648];
    expect(await readBack('int', intArray(values))).toEqual(values);
  });

  it('bring times before and after 2000, to the millisecond', async () => {
    const values = [
      '1969-12-31T23:59:59.999Z',
      '1999-12-31T23:59:59.999Z',
      '2000-01-01T00:00:00.000Z',
      '2026-11-24T17:00:00.123Z',
    ];
    const read = await readBack('timestamptz', timestampArray(values.map((value) => new Date(value))));
    expect(read.map((value) => new Date(String(value)).toISOString())).toEqual(values);
  });
});
