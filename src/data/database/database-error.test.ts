import pg from 'pg';
import { describe, expect, it } from 'vitest';

import { AppError } from '../../kernel/errors.ts';
import { toDatabaseError } from './database-error.ts';

function withCode(code: string): Error {
  return Object.assign(new Error(`failed with ${code}`), { code });
}

describe('toDatabaseError', () => {
  it.each(['53100', 'ENOSPC'])('takes %s for a full disk', (code) => {
    const cause = withCode(code);
    expect(toDatabaseError(cause)).toMatchObject({ code: 'STORAGE_FULL', cause });
  });

  it.each([
    '08006',
    '08P01',
    '57P01',
    '57P03',
    '53300',
    '57014',
    '55P03',
    'ECONNREFUSED',
    'ECONNRESET',
    'ENOENT',
    'EPIPE',
  ])('takes %s for a database that cannot be reached', (code) => {
    const cause = withCode(code);
    expect(toDatabaseError(cause)).toMatchObject({ code: 'DATABASE_UNAVAILABLE', cause, details: { reason: code } });
  });

  it.each(['23505', '40001', '40P01', '42601'])('leaves %s to the caller', (code) => {
    const error = withCode(code);
    expect(toDatabaseError(error)).toBe(error);
  });

  it('knows the driver’s own words', async () => {
    const pool = new pg.Pool();
    await pool.end();
    const error = await pool.query('SELECT 1').catch((thrown: unknown) => thrown);
    expect(toDatabaseError(error)).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });

  it('passes its own kind on, and makes an error of what is none', () => {
    const own = new AppError('STORAGE_FULL', 'full');
    expect(toDatabaseError(own)).toBe(own);
    expect(toDatabaseError('text').message).toBe('text');
  });
});
