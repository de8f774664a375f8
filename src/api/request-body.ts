import { AppError } from '../kernel/errors.ts';
import { decodeUtf8 } from '../utils/decode-utf8.ts';
import { errorMessage } from '../utils/error-code.ts';
import { MOST_JSON_LEVELS, nestsDeeperThan } from '../utils/json-depth.ts';

/** The text of a body. @throws AppError MALFORMED_BODY for invalid UTF-8, naming the byte */
export function decodeBody(bytes: Uint8Array): string {
  try {
    return decodeUtf8(bytes);
  } catch (error) {
    throw new AppError('MALFORMED_BODY', `the body ${errorMessage(error)}`, { cause: error });
  }
}

/**
 * The value of a JSON body.
 * @throws AppError MALFORMED_BODY for invalid UTF-8, JSON or nesting, and for the key `__proto__`
 */
export function parseJsonBody(bytes: Uint8Array): unknown {
  const text = decodeBody(bytes);
  if (nestsDeeperThan(text, MOST_JSON_LEVELS)) {
    throw new AppError('MALFORMED_BODY', `the body is nested deeper than ${MOST_JSON_LEVELS} levels`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError('MALFORMED_BODY', `the body is not valid JSON: ${reason}`, { cause: error });
  }
  if (/__proto__|\\u00/i.test(text) && holdsPrototypeKey(value)) {
    throw new AppError('MALFORMED_BODY', 'the body holds the key __proto__, which is not allowed');
  }
  return value;
}

function holdsPrototypeKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Object.hasOwn(value, '__proto__')) return true;
  return Object.values(value).some(holdsPrototypeKey);
}
