import { createHmac, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto';

import { type KeyId, newKeyId } from '../../kernel/ids.ts';

const SECRET_BYTES = 32;
const KEY = /^pygent_([0-9a-hjkmnp-tv-z]{26})_([\w-]{43})$/;

/** A key in its two parts: the id, which is no secret, and 256 random bits in base64url, which are. */
export interface KeyParts {
  readonly id: KeyId;
  readonly secret: string;
}

/** A key that nobody has seen yet. */
export function newKeyParts(): KeyParts {
  return { id: newKeyId(), secret: randomBytes(SECRET_BYTES).toString('base64url') };
}

/** What a key begins with; shown in lists, so that people know which one they hold. */
export function keyPrefix(id: string): string {
  return `pygent_${id}`;
}

/** The key as its holder sends it: `pygent_<id>_<secret>`. */
export function keyText({ id, secret }: KeyParts): string {
  return `${keyPrefix(id)}_${secret}`;
}

/** The parts of a key; undefined for a text that is no key. */
export function parseKeyText(text: string): KeyParts | undefined {
  const [, id, secret] = KEY.exec(text) ?? [];
  return id === undefined || secret === undefined ? undefined : { id: id as KeyId, secret };
}

/** HMAC-SHA-256 (RFC 2104) of a secret under the pepper: 32 bytes, all that is ever stored of it. */
export function secretHmac(secret: string, pepper: KeyObject): Buffer {
  return createHmac('sha256', pepper).update(secret).digest();
}

/** Whether the secret is the one whose HMAC was stored; takes the same time wherever they differ. */
export function isSecretOf(secret: string, stored: { readonly hmac: Uint8Array; readonly pepper: KeyObject }): boolean {
  const given = secretHmac(secret, stored.pepper);
  return given.length === stored.hmac.length && timingSafeEqual(given, stored.hmac);
}
