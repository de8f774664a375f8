import { randomFillSync } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const POOL_BYTES = 4096;

const pool = new Uint8Array(POOL_BYTES);
let poolOffset = POOL_BYTES;

/**
 * A new id: 26 characters of Crockford base 32, the first ten the time in milliseconds, the rest
 * 80 random bits (the ULID layout). Ids of one process sort by the millisecond they were made in.
 */
export function sortableId(nowMilliseconds: number = Date.now()): string {
  let time = '';
  let rest = nowMilliseconds;
  for (let index = 0; index < 10; index += 1) {
    time = ALPHABET.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  return time + randomCharacters(16);
}

function randomCharacters(count: number): string {
  if (poolOffset + count > POOL_BYTES) {
    randomFillSync(pool);
    poolOffset = 0;
  }
  let text = '';
  for (let index = 0; index < count; index += 1) {
    text += ALPHABET.charAt((pool[poolOffset + index] ?? 0) & 31);
  }
  poolOffset += count;
  return text;
}
