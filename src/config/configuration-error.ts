import { AppError } from '../kernel/errors.ts';

/** CONFIGURATION_INVALID: one line that names what to correct, never the value itself. */
export function configurationInvalid(message: string, cause?: unknown): AppError {
  return new AppError('CONFIGURATION_INVALID', message, cause === undefined ? {} : { cause });
}
