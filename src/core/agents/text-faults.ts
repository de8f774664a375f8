import { type FieldError, fieldPath } from '../../kernel/parse-input.ts';
import { isJsonArray, isJsonObject, type JsonValue } from '../../utils/json.ts';

/** Texts and keys that PostgreSQL's `text` and `json` operators can't hold, each with its place. */
export function textFaults(value: JsonValue | undefined, path: readonly PropertyKey[] = []): readonly FieldError[] {
  if (typeof value === 'string') {
    const fault = faultOf(value);
    return fault === undefined ? [] : [{ path: fieldPath(path), message: fault }];
  }
  if (isJsonArray(value)) return value.flatMap((item, index) => textFaults(item, [...path, index]));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    const fault = faultOf(key);
    const own = fault === undefined ? [] : [{ path: fieldPath(path), message: `has a key that ${fault}` }];
    return [...own, ...textFaults(member, [...path, key])];
  });
}

function faultOf(text: string): string | undefined {
  if (text.includes('\0')) return 'holds the character U+0000, which cannot be stored; remove it';
  return text.isWellFormed() ? undefined : 'holds half of a surrogate pair, which is no character; remove it';
}
