import { type FieldError, fieldPath } from '../../kernel/parse-input.ts';

const MOST_LEVELS = 100;
const LONGEST_PATH = 200;

/**
 * What no schema looks for and nothing behind it could take: more than 100 levels (circles among
 * them), the key `__proto__`, and characters that PostgreSQL holds in no text (NUL, halves of
 * surrogate pairs). Lazy, because what refers to itself twice has endlessly many.
 */
export function* jsonFaults(value: unknown, path: readonly PropertyKey[] = []): Generator<FieldError> {
  const fault = path.length > MOST_LEVELS ? `lies deeper than ${MOST_LEVELS} levels` : textFault(value);
  if (fault !== undefined) {
    yield { path: fieldPath(path).slice(0, LONGEST_PATH), message: fault };
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const isArray = Array.isArray(value);
  for (const [key, member] of Object.entries(value)) {
    const keyFault = key === '__proto__' ? 'is not allowed as a name' : textFault(key);
    if (keyFault !== undefined) yield { path: fieldPath(path), message: `the key ${JSON.stringify(key)} ${keyFault}` };
    yield* jsonFaults(member, [...path, isArray ? Number(key) : key]);
  }
}

function textFault(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (value.includes('\0')) return 'holds the character U+0000, which cannot be stored; remove it';
  return value.isWellFormed() ? undefined : 'holds half of a surrogate pair, which is no character; remove it';
}
