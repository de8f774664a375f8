import type { ErrorCode } from '#contract';

import { AppError, toAppError } from '../kernel/errors.ts';

/** What Fastify itself refuses, in our own codes and words. */
const FASTIFY_ERRORS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['BODY_TOO_LARGE', 'the body is larger than BODY_LIMIT_BYTES allows'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['UNSUPPORTED_MEDIA_TYPE', 'this content-type is not understood here'],
  FST_ERR_CTP_EMPTY_TYPE: ['UNSUPPORTED_MEDIA_TYPE', 'a body needs a content-type'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['MALFORMED_BODY', 'the body is not as long as content-length says'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['MALFORMED_BODY', 'the body is empty; leave content-type out or send JSON'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['MALFORMED_BODY', 'the body is not valid JSON'],
  FST_ERR_BAD_URL: ['REQUEST_MALFORMED', 'the address is not valid: a % must be followed by two hex digits of UTF-8'],
  FST_ERR_MAX_PARAM_LENGTH: ['ROUTE_NOT_FOUND', 'a part of the address is too long'],
};

/** Whatever a request ended with, as an `AppError`. */
export function fromHttpError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  // How Node.js tells that the caller left in the middle of its body.
  if (code === 'ECONNRESET' && toAppError(thrown).message === 'aborted') {
    return new AppError('REQUEST_MALFORMED', 'the body broke off', { cause: thrown });
  }
  const known = FASTIFY_ERRORS[code];
  return known === undefined ? toAppError(thrown) : new AppError(known[0], known[1], { cause: thrown });
}
