import { AppError } from '../kernel/errors.ts';

/** Deeper than any body of ours; what lies deeper would exhaust the stack of whoever walks it. */
export const MOST_LEVELS = 100;
const TOO_DEEP = `the body is nested deeper than ${MOST_LEVELS} levels`;

const OPENING = new Set(['{'.charCodeAt(0), '['.charCodeAt(0)]);
const CLOSING = new Set(['}'.charCodeAt(0), ']'.charCodeAt(0)]);
const QUOTE = '"'.charCodeAt(0);
const BACKSLASH = '\\'.charCodeAt(0);

/** The text of a body. @throws AppError MALFORMED_BODY for invalid UTF-8, naming the byte */
export function decodeBody(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new AppError('MALFORMED_BODY', `the body is not valid UTF-8${firstBadByte(bytes)}`, { cause: error });
  }
}

/**
 * The value of a JSON body.
 * @throws AppError MALFORMED_BODY for invalid UTF-8, JSON or nesting, and for the key `__proto__`
 */
export function parseJsonBody(bytes: Uint8Array): unknown {
  const text = decodeBody(bytes);
  if (nestsDeeperThan(bytes, MOST_LEVELS)) {
    throw new AppError('MALFORMED_BODY', TOO_DEEP);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError('MALFORMED_BODY', `the body is not valid JSON: ${reason}`, { cause: error });
  }
  if (/__proto__|\\u00/i.test(text)) assertPlainTree(value);
  return value;
}

/** @throws AppError MALFORMED_BODY for a parsed body that is nested too deep or holds the key `__proto__` */
export function assertPlainTree(value: unknown, level = 0): void {
  if (typeof value !== 'object' || value === null) return;
  if (level === MOST_LEVELS) throw new AppError('MALFORMED_BODY', TOO_DEEP);
  if (Object.hasOwn(value, '__proto__')) {
    throw new AppError('MALFORMED_BODY', 'the body holds the key __proto__, which is not allowed');
  }
  for (const inner of Object.values(value)) assertPlainTree(inner, level + 1);
}

function nestsDeeperThan(bytes: Uint8Array, levels: number): boolean {
  let depth = 0;
  let quoted = false;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0;
    if (quoted && byte === BACKSLASH) index += 1;
    else if (byte === QUOTE) quoted = !quoted;
    else if (!quoted && OPENING.has(byte)) depth += 1;
    else if (!quoted && CLOSING.has(byte)) depth -= 1;
    if (depth > levels) return true;
  }
  return false;
}

/** Where the text stops being UTF-8: the decoder is fed byte by byte, since it doesn't say. */
function firstBadByte(bytes: Uint8Array): string {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for (let index = 0; index < bytes.length; index += 1) {
    try {
      decoder.decode(bytes.subarray(index, index + 1), { stream: true });
    } catch {
      // This is the byte that the message names.
      return ` (at byte ${index})`;
    }
  }
  return ' (it ends in the middle of a character)';
}
