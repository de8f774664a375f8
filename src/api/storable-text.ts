import { type FieldError, fieldPath, invalidInput } from '../kernel/parse-input.ts';

/**
 * Refuses texts that no store takes as they are: with U+0000, or with half of a surrogate pair.
 * @param subject what is checked, as the message shall call it: `the body`
 * @throws AppError VALIDATION_FAILED naming the first field that holds one
 */
export function assertStorableText(value: unknown, subject: string): void {
  const error = findError(value, []);
  if (error !== undefined) throw invalidInput(subject, [error]);
}

function findError(value: unknown, path: readonly PropertyKey[]): FieldError | undefined {
  if (typeof value === 'string') return textError(value, path);
  if (typeof value !== 'object' || value === null) return undefined;
  for (const key of Object.keys(value)) {
    const at = [...path, Array.isArray(value) ? Number(key) : key];
    const error = textError(key, path) ?? findError((value as Record<string, unknown>)[key], at);
    if (error !== undefined) return error;
  }
  return undefined;
}

function textError(text: string, path: readonly PropertyKey[]): FieldError | undefined {
  if (text.includes('\0')) return { path: fieldPath(path), message: 'holds the character U+0000' };
  if (!text.isWellFormed()) return { path: fieldPath(path), message: 'holds half of a surrogate pair' };
  return undefined;
}
