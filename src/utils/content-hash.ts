import { hash } from 'node:crypto';

import { canonicalJson, type JsonValue } from './json.ts';

/** SHA-256 of the bytes or UTF-8 text, as 64 lower-case hex digits. */
export function contentHash(content: string | Uint8Array): string {
  return hash('sha256', content, 'hex');
}

/** SHA-256 of the value's canonical JSON: equal values have equal hashes whatever their key order. */
export function jsonHash(value: JsonValue | undefined): string {
  return contentHash(canonicalJson(value));
}
