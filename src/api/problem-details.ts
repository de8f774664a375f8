import { ERRORS, type ErrorCode, type ErrorKind, type Problem } from '#contract';

import type { AppError } from '../kernel/errors.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../utils/json.ts';

export const PROBLEM_TYPE = 'application/problem+json';

const STATUS_OF_KIND: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  limit: 429,
  unavailable: 503,
  internal: 500,
};

/** Codes for which HTTP has a status that says more than their kind's. */
const STATUS_OF_CODE: Readonly<Partial<Record<ErrorCode, number>>> = {
  METHOD_NOT_ALLOWED: 405,
  PRECONDITION_FAILED: 412,
  BODY_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  IDEMPOTENCY_KEY_REUSED: 422,
  STORAGE_FULL: 507,
  STEP_TIMEOUT: 504,
  EXECUTION_TIMEOUT: 504,
};

/** The HTTP status of an error code. */
export function statusOf(code: ErrorCode): number {
  return STATUS_OF_CODE[code] ?? STATUS_OF_KIND[ERRORS[code].kind];
}

/** What a problem document tells of the request it answers. */
export interface ProblemRequest {
  /** Path that was asked for, without its query. */
  readonly instance: string;
  readonly traceId: string;
}

/**
 * The error as problem details (RFC 9457). From 500 on it tells what the code means and nothing of
 * what went on inside; the log has that under the trace id.
 */
export function toProblem(error: AppError, { instance, traceId }: ProblemRequest): Problem {
  const { title, remedy } = ERRORS[error.code];
  const status = statusOf(error.code);
  const base = { type: `/docs/errors#${error.code}`, title, status, code: error.code, remedy, instance, traceId };
  if (status >= 500) return { ...base, detail: title };
  const { errors, retryAfterMilliseconds: _, ...details } = error.details;
  return {
    ...base,
    detail: error.message,
    ...(isFieldErrors(errors) ? { errors } : {}),
    ...(Object.keys(details).length === 0 ? {} : { details: details as NonNullable<Problem['details']> }),
  };
}

/** Seconds for the Retry-After header, where waiting helps. */
export function retryAfterOf(error: AppError): number | undefined {
  const { retryAfterMilliseconds } = error.details;
  if (typeof retryAfterMilliseconds === 'number') return Math.max(1, Math.ceil(retryAfterMilliseconds / 1000));
  return statusOf(error.code) === 503 ? 2 : undefined;
}

function isFieldErrors(errors: JsonValue | undefined): errors is { path: string; message: string }[] & JsonObject {
  if (!isJsonArray(errors)) return false;
  return errors.every(
    (item) => isJsonObject(item) && typeof item['path'] === 'string' && typeof item['message'] === 'string',
  );
}
