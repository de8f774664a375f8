import { createSecretKey, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';

import { assert, constantFrom, array, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';

import { fold } from '../../kernel/decider.ts';
import { isSecretOf, keyPrefix, keyText, newKeyParts, parseKeyText, secretHmac } from './key-text.ts';
import { type KeyCreated, keyDecider, type KeyEvent, type KeyRevoked } from './key.ts';
import { assertSamePepper, keyringOpened } from './keyring.ts';

const created: KeyCreated = {
  type: 'KeyCreated',
  data: { name: 'ci', role: 'viewer', scopes: [], prefix: 'pygent_x', secretHmac: 'x' },
};
const revoked: KeyRevoked = { type: 'KeyRevoked', data: { by: 'system' } };
const pepper = createSecretKey(randomBytes(32));

const given = (...events: KeyEvent[]) => fold(keyDecider, events);

describe('a key', () => {
  it('is created once', () => {
    expect(keyDecider.decide(given(), created)).toEqual([created]);
    const again = () => keyDecider.decide(given(created), created);
    expect(again).toThrow(expect.objectContaining({ code: 'CONCURRENCY_CONFLICT' }));
  });

  it('is revoked for good; again changes nothing', () => {
    expect(keyDecider.decide(given(created), revoked)).toEqual([revoked]);
    expect(keyDecider.decide(given(created, revoked), revoked)).toEqual([]);
    expect(() => keyDecider.decide(given(), revoked)).toThrow(expect.objectContaining({ code: 'KEY_NOT_FOUND' }));
    expect(() => keyDecider.decide(given(created, revoked), created)).toThrow(/exists/);
  });

  it('folds whatever the log holds', () => {
    assert(
      property(array(constantFrom<KeyEvent>(created, revoked)), (events) => {
        const { status } = given(...events);
        expect(['none', 'active', 'revoked']).toContain(status);
      }),
    );
  });
});

describe('the text of a key', () => {
  it('holds 256 bits of secret and comes apart again', () => {
    const parts = newKeyParts();
    expect(Buffer.from(parts.secret, 'base64url')).toHaveLength(32);
    expect(parseKeyText(keyText(parts))).toEqual(parts);
    expect(keyText(parts).startsWith(`${keyPrefix(parts.id)}_`)).toBe(true);
    expect(newKeyParts().secret).not.toBe(parts.secret);
  });

  it('is no other text', () => {
    const whole = keyText(newKeyParts());
    for (const text of ['', whole.slice(1), whole.slice(0, -1), `${whole}x`, `${whole}\n`, whole.toUpperCase()]) {
      expect(parseKeyText(text)).toBeUndefined();
    }
    assert(property(string(), (text) => parseKeyText(text) === undefined));
  });
});

describe('the HMAC of a secret', () => {
  it('fits its own secret and pepper alone, whatever the lengths', () => {
    const { secret } = newKeyParts();
    const hmac = secretHmac(secret, pepper);
    expect(hmac).toHaveLength(32);
    expect(isSecretOf(secret, { hmac, pepper })).toBe(true);
    expect(isSecretOf(`${secret}x`, { hmac, pepper })).toBe(false);
    expect(isSecretOf(secret, { hmac, pepper: createSecretKey(randomBytes(32)) })).toBe(false);
    expect(isSecretOf(secret, { hmac: hmac.subarray(1), pepper })).toBe(false);
    expect(isSecretOf('', { hmac: new Uint8Array(0), pepper })).toBe(false);
    const last = hmac.map((byte, index) => (index === 31 ? byte ^ 1 : byte));
    expect(isSecretOf(secret, { hmac: last, pepper })).toBe(false);
  });

  it('tells whether the pepper is the one that opened the keyring', () => {
    const { data } = keyringOpened('k', pepper);
    expect(() => assertSamePepper(data, pepper)).not.toThrow();
    expect(() => assertSamePepper(data, createSecretKey(randomBytes(32)))).toThrow(
      expect.objectContaining({ code: 'CONFIGURATION_INVALID', message: expect.stringMatching(/^SECRET_KEY: /) }),
    );
  });

  it('is made under a pepper that no log shows', () => {
    const shown = createSecretKey(Buffer.from('the-secret-of-the-server'));
    expect(inspect(shown) + JSON.stringify({ shown })).not.toContain('the-secret');
  });
});
