import { AppError } from '../../kernel/errors.ts';
import { errorCode, errorMessage } from '../../utils/error-code.ts';

/** SQLSTATEs outside class 08 that say the server can't serve us now (PostgreSQL manual, appendix A). */
const UNAVAILABLE_STATES: ReadonlySet<string> = new Set([
  '25P03', // ended: idle in a transaction too long
  '28000', // user refused
  '28P01', // wrong password
  '3D000', // no such database
  '53000', // too few resources
  '53200', // out of memory
  '53300', // too many connections
  '55P03', // lock_timeout
  '57014', // statement_timeout, or canceled
  '57P01', // server shuts down
  '57P02', // server crashed
  '57P03', // server starts up or recovers
  '57P05', // idle session ended
  '58000', // system error
  '58030', // input/output error
  '58P01', // a file of the database is gone
]);

const UNAVAILABLE_SYSTEM_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT', // the socket file is gone
  'EACCES',
  'EMFILE',
]);

/** The driver's own errors bear no code. */
const DRIVER_MESSAGE =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end|Query read timeout|Connection ended)/;

/**
 * Whatever a query threw, as the error to throw on: AppError STORAGE_FULL or DATABASE_UNAVAILABLE where that is
 * what it means, else the error as it is. Violated constraints (class 23), serialization failures (40001, 40P01)
 * and faulty statements keep their SQLSTATE in `code`: only the caller knows what they mean.
 */
export function toDatabaseError(error: unknown): Error {
  if (error instanceof AppError) return error;
  const code = errorCode(error);
  if (code === '53100' || code === 'ENOSPC') {
    return new AppError(
      'STORAGE_FULL',
      'The disk of the database is full: free some space. Nothing was half written.',
      {
        cause: error,
      },
    );
  }
  if (isUnavailable(error, code)) {
    return new AppError('DATABASE_UNAVAILABLE', `The database cannot be used now: ${errorMessage(error)}`, {
      details: code === undefined ? {} : { reason: code },
      cause: error,
    });
  }
  return error instanceof Error ? error : new Error(errorMessage(error));
}

function isUnavailable(error: unknown, code: string | undefined): boolean {
  if (code === undefined) return DRIVER_MESSAGE.test(errorMessage(error));
  return code.startsWith('08') || UNAVAILABLE_STATES.has(code) || UNAVAILABLE_SYSTEM_CODES.has(code);
}
