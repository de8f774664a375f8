import { ERRORS, type ErrorCode, type ErrorKind } from '#contract';

import type { JsonObject } from '../utils/json.ts';

/** The one error class that crosses a slice's border; every door translates its code and kind. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  /** Facts for the caller: which field, which limit, what to do. Never a secret. */
  readonly details: JsonObject;

  // oxlint-disable-next-line max-params -- a code and a sentence are in every error, the rest in some
  constructor(code: ErrorCode, message: string, options: { details?: JsonObject; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.kind = ERRORS[code].kind;
    this.details = options.details ?? {};
  }
}

/** An error in the form the log and the wire carry. */
export interface ErrorRecord {
  readonly code: string;
  readonly message: string;
  readonly details?: JsonObject;
}

/** Whatever was thrown, as an `AppError`: itself, or `INTERNAL` with the original as its cause. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new AppError('INTERNAL', message, { cause: thrown });
}

/** The error as a record for the log: code, message and details, without the stack. */
export function toErrorRecord(thrown: unknown): ErrorRecord {
  const error = toAppError(thrown);
  return Object.keys(error.details).length === 0
    ? { code: error.code, message: error.message }
    : { code: error.code, message: error.message, details: error.details };
}
