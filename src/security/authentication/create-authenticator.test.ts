import crypto, { createSecretKey, randomBytes } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { MemoryLog } from '../../../tests/support/memory-log.ts';
import { DEFAULT_TENANT } from '../../kernel/ids.ts';
import { type Authenticator, createAuthenticator } from './create-authenticator.ts';
import type { StoredKey } from './key-queries.ts';
import { keyText, newKeyParts, secretHmac } from './key-text.ts';

const pepper = createSecretKey(randomBytes(32));
const facts = { traceId: 'trace-1', signal: new AbortController().signal };

let now: number;
let bus: MemoryLog;
let rows: Map<string, StoredKey>;
let asked: string[];
/** Answers of the table wait for this. */
let gate: Promise<void>;
let authenticator: Authenticator;
beforeEach(() => {
  now = 1_000_000;
  bus = new MemoryLog();
  rows = new Map();
  asked = [];
  gate = Promise.resolve();
  const find = async (id: string) => {
    asked.push(id);
    const row = rows.get(id);
    await gate;
    return row;
  };
  authenticator = createAuthenticator({ keys: { find }, pepper, clock: { now: () => new Date(now) }, bus });
});
afterEach(() => authenticator.close());

function add(overrides: Partial<StoredKey> = {}): string {
  const parts = newKeyParts();
  rows.set(parts.id, {
    id: parts.id,
    tenantId: DEFAULT_TENANT,
    role: 'operator',
    scopes: [],
    secretHmac: secretHmac(parts.secret, pepper),
    ...overrides,
  });
  return keyText(parts);
}
const idOf = (key: string) => key.split('_')[1] ?? '';
const authenticate = (header: string | undefined) => authenticator.authenticate(header, facts);
const withKey = (key: string) => authenticate(`Bearer ${key}`);
const refusal = async (header: string | undefined) => {
  const error = await authenticate(header).then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toMatchObject({ code: 'UNAUTHENTICATED', details: {} });
  return error.message as string;
};
const revoke = (id: string) => {
  const row = rows.get(id);
  if (row !== undefined) rows.set(id, { ...row, revokedAt: new Date(now) });
  bus.append([`key-${id}`, { type: 'KeyRevoked', data: {} }]);
};

describe('a right key', () => {
  it('gives the context of its request', async () => {
    const key = add({ tenantId: 'acme' as never });
    const context = await withKey(key);
    expect(context).toMatchObject({
      tenantId: 'acme',
      principal: { id: idOf(key), kind: 'key', role: 'operator' },
      ...facts,
    });
    expect(context.principal).not.toHaveProperty('scopes');
    expect(context.clock.now()).toEqual(new Date(now));
    expect((await authenticate(`bearer  ${key}`)).principal.id).toBe(idOf(key));
  });

  it('is narrowed to its scopes', async () => {
    const context = await withKey(add({ scopes: ['tasks:read'] }));
    expect(context.principal.scopes).toEqual(['tasks:read']);
  });
});

// requirement: R-SECURITY-KEYS
describe('a wrong key', () => {
  it('is told apart by its form alone, never by whether its id exists', async () => {
    const key = add();
    const wrongSecret = keyText({ id: idOf(key) as never, secret: newKeyParts().secret });
    const unknown = keyText(newKeyParts());
    expect(await refusal(`Bearer ${wrongSecret}`)).toBe('the key is not valid here');
    expect(await refusal(`Bearer ${unknown}`)).toBe('the key is not valid here');
    expect(await refusal(undefined)).toMatch(/^no key was given/);
    for (const header of ['', 'Bearer', 'Bearer ', `Basic ${key}`, key, `Bearer ${key} ${key}`, `Bearer ${key}\n`]) {
      expect(await refusal(header)).toMatch(/must read `Bearer <key>`/);
    }
    for (const header of ['Bearer x', `Bearer ${key.slice(0, -1)}`, `Bearer ${key},${key}`]) {
      expect(await refusal(header)).toMatch(/^this is no key of the factory/);
    }
  });

  it('is told that it was revoked or has expired only with its secret', async () => {
    for (const dead of [{ revokedAt: new Date(5) }, { expiresAt: new Date(now) }]) {
      const key = add(dead);
      const guess = keyText({ id: idOf(key) as never, secret: newKeyParts().secret });
      expect(await refusal(`Bearer ${guess}`)).toBe('the key is not valid here');
      expect(await refusal(`Bearer ${key}`)).toMatch(/^this key (?:was revoked|expired) at \d{4}-/);
    }
  });

  it('never stands in the message', async () => {
    const key = keyText(newKeyParts());
    for (const header of [`Bearer ${key}`, `Basic ${key}`, `Bearer ${key}x`]) {
      expect(await refusal(header)).not.toContain(key.slice(-20));
    }
  });

  it('is compared in constant time, also where there is no such id', async () => {
    const compare = vi.spyOn(crypto, 'timingSafeEqual');
    syncBuiltinESMExports();
    try {
      const key = add();
      await withKey(key);
      await refusal(`Bearer ${keyText(newKeyParts())}`);
      expect(compare.mock.calls.map((pair) => pair.map((side) => side.byteLength))).toEqual([
        [32, 32],
        [32, 32],
      ]);
    } finally {
      compare.mockRestore();
      syncBuiltinESMExports();
    }
  });
});

describe('what is remembered', () => {
  it('saves questions for 5 s, and asks once for many at a time', async () => {
    const key = add();
    await Promise.all(Array.from({ length: 50 }, () => withKey(key)));
    now += 4_999;
    await withKey(key);
    expect(asked).toHaveLength(1);
    now += 1;
    await withKey(key);
    expect(asked).toHaveLength(2);
    now -= 60_000;
    await withKey(key);
    expect(asked).toHaveLength(3);
  });

  it('does not outlive an expiry', async () => {
    const key = add({ expiresAt: new Date(now + 100) });
    await withKey(key);
    now += 100;
    expect(await refusal(`Bearer ${key}`)).toMatch(/expired/);
    expect(asked).toHaveLength(1);
  });

  it('is forgotten at once when the key is revoked here, and within 5 s when elsewhere', async () => {
    const [here, elsewhere] = [add(), add()];
    await Promise.all([withKey(here), withKey(elsewhere)]);
    revoke(idOf(here));
    expect(await refusal(`Bearer ${here}`)).toMatch(/revoked/);
    bus.hold = true;
    revoke(idOf(elsewhere));
    await withKey(elsewhere);
    now += 5_000;
    expect(await refusal(`Bearer ${elsewhere}`)).toMatch(/revoked/);
  });

  it('is not what was read before a revocation and answered after it', async () => {
    const key = add();
    const answered = Promise.withResolvers<void>();
    gate = answered.promise;
    const early = withKey(key);
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    revoke(idOf(key));
    const late = refusal(`Bearer ${key}`);
    answered.resolve();
    await early;
    expect(await late).toMatch(/revoked/);
    expect(await refusal(`Bearer ${key}`)).toMatch(/revoked/);
  });

  it('is no unknown key and no failed question', async () => {
    const unknown = keyText(newKeyParts());
    await refusal(`Bearer ${unknown}`);
    await refusal(`Bearer ${unknown}`);
    expect(asked).toHaveLength(2);
    gate = Promise.reject(new Error('the table is away'));
    const key = add();
    await expect(withKey(key)).rejects.toThrow('the table is away');
    gate = Promise.resolve();
    expect((await withKey(key)).principal.id).toBe(idOf(key));
  });

  it('is bounded', async () => {
    const first = add();
    await withKey(first);
    for (let key = 0; key < 10_000; key += 1) await withKey(add());
    asked.length = 0;
    await withKey(first);
    expect(asked).toHaveLength(1);
  });

  it('no longer listens once closed', () => {
    expect(bus.listeners).toBe(1);
    authenticator.close();
    expect(bus.listeners).toBe(0);
  });
});
