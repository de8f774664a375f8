import { createSecretKey, randomBytes } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type KeyStore, openKeyStore } from '../../../tests/support/key-store.ts';
import { type CallContext, type Principal, systemContext } from '../../kernel/call-context.ts';
import type { TenantId } from '../../kernel/ids.ts';
import type { ProjectedEvent } from '../../kernel/projection.ts';
import { createKeyService, type KeyService } from './key-service.ts';
import { isSecretOf, parseKeyText } from './key-text.ts';
import { keysProjection } from './pg-keys-projection.ts';

const pepper = createSecretKey(randomBytes(32));
let keys: KeyStore;
let service: KeyService;
beforeAll(async () => {
  keys = await openKeyStore();
  service = createKeyService({ store: keys.store, queries: keys.queries, pepper });
});
afterAll(() => keys.close());

const as = (principal: Partial<Principal>, overrides: Partial<CallContext> = {}) =>
  systemContext({ principal: { id: 'key0', kind: 'key', role: 'admin', ...principal }, ...overrides });
const admin = as({});
const tenant = (name: string) => as({}, { tenantId: name as TenantId });
const request = (overrides: object = {}) => ({ name: 'ci', role: 'viewer' as const, scopes: [], ...overrides });
const allRows = () => keys.database.queries.selectFrom('keys').selectAll().orderBy('id').execute();

// requirement: R-SECURITY-KEYS
describe('a new key', () => {
  // requirement: R-SECURITY-KEYS
  it('is told once, and stored as an HMAC alone', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const created = await service.create(admin, request({ scopes: ['tasks:read', 'tasks:read'], expiresAt }));
    const { id, secret } = parseKeyText(created.key) ?? { id: '', secret: '' };
    expect(created).toMatchObject({ id, prefix: `pygent_${id}`, scopes: ['tasks:read'], createdBy: 'key0', expiresAt });
    const stored = await keys.queries.find(id);
    expect(stored).toMatchObject({ id, role: 'viewer', scopes: ['tasks:read'], expiresAt: new Date(expiresAt) });
    expect(isSecretOf(secret, { hmac: stored?.secretHmac ?? new Uint8Array(), pepper })).toBe(true);
    const { key: _, ...view } = created;
    expect((await service.list(admin, { limit: 1 })).items).toEqual([view]);
    const events = await keys.store.readStream(`key-${id}`);
    expect(events.map(({ type }) => type)).toEqual(['KeyCreated']);
    const everything = await keys.database.pool.query(
      'SELECT (SELECT json_agg(e)::text FROM events e) AS log, (SELECT json_agg(k)::text FROM keys k) AS rows',
    );
    expect(JSON.stringify(everything.rows)).toContain(id);
    expect(JSON.stringify(everything.rows)).not.toContain(secret);
    expect(JSON.stringify(everything.rows)).not.toContain(Buffer.from(secret, 'base64url').toString('hex'));
  });

  it.each([
    ['a scope that is no action', { scopes: ['tasks:raed'] }, 'scopes[0]', /did you mean tasks:read\?/],
    ['a scope that its role may not', { scopes: ['tasks:read', 'agents:write'] }, 'scopes[1]', /admin or developer/],
    ['a time that has passed', { expiresAt: '2001-01-01T00:00:00Z' }, 'expiresAt', /future/],
  ])('is refused %s', async (...[, overrides, path, message]) => {
    await expect(service.create(admin, request(overrides))).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      details: { errors: [{ path, message: expect.stringMatching(message) }] },
    });
  });

  it.each([
    ['a higher role', { role: 'developer' as const }, { role: 'admin' }],
    ['no scopes, by one that has some', { scopes: ['keys:write', 'tasks:read'] }, {}],
    ['a scope that its maker lacks', { scopes: ['keys:write'] }, { scopes: ['tasks:read'] }],
    ['anything, by one that may nothing', { scopes: [] }, { scopes: ['tasks:read'] }],
  ])('never gets %s', async (...[, maker, overrides]) => {
    await expect(service.create(as(maker), request(overrides))).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('may be as strong as its maker', async () => {
    const same = await service.create(as({ role: 'developer' }), request({ role: 'developer' }));
    expect(same.role).toBe('developer');
    const narrow = as({ scopes: ['keys:write', 'tasks:read'] });
    expect((await service.create(narrow, request({ scopes: ['tasks:read'] }))).scopes).toEqual(['tasks:read']);
  });
});

describe('a revoked key', () => {
  it('stays in the list, and revoking it again changes nothing', async () => {
    const { id } = await service.create(admin, request());
    await Promise.all([service.revoke(admin, id), service.revoke(admin, id)]);
    const [first] = (await service.list(admin, { limit: 1 })).items;
    expect(first).toMatchObject({ id, revokedAt: expect.any(String) });
    await service.revoke(as({}), id);
    expect((await service.list(admin, { limit: 1 })).items).toEqual([first]);
    expect(await keys.store.readStream(`key-${id}`)).toHaveLength(2);
  });

  it('is nobody else’s', async () => {
    const { id } = await service.create(admin, request());
    await expect(service.revoke(tenant('other'), id)).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    await expect(service.revoke(admin, 'none')).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    expect(await keys.queries.find(id)).not.toHaveProperty('revokedAt');
  });
});

describe('the last key that may do everything', () => {
  const make = (owner: CallContext, overrides: object = {}) =>
    service.create(owner, request({ role: 'admin', ...overrides })).then(({ id }) => id);
  const usable = async (owner: CallContext) =>
    (await service.list(owner, { limit: 50 })).items
      .filter(({ revokedAt }) => revokedAt === undefined)
      .map(({ id }) => id);
  const refused = { code: 'LAST_ADMIN_KEY', kind: 'conflict', message: expect.stringContaining('keys create') };

  it('cannot be revoked, whatever weaker, narrowed or expired ones there are', async () => {
    const owner = tenant('careful');
    const last = await make(owner);
    const narrow = await make(owner, { scopes: ['keys:write'] });
    await make(owner, { role: 'developer' });
    const expiring = await make(owner, { expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
    const later = { ...owner, clock: { now: () => new Date(Date.now() + 7_200_000) } };
    await expect(service.revoke(later, last)).rejects.toMatchObject(refused);
    await expect(service.revoke(tenant('other'), last)).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    await service.revoke(later, expiring);
    await service.revoke(owner, narrow);
    await expect(service.revoke(owner, last)).rejects.toMatchObject(refused);
    const next = await make(owner);
    await service.revoke(owner, last);
    await service.revoke(owner, last);
    await expect(service.revoke(owner, next)).rejects.toMatchObject(refused);
    await make(tenant('elsewhere'));
    await expect(service.revoke(owner, next)).rejects.toMatchObject(refused);
  });

  it('is left by revocations at once, in one process or in many', async () => {
    const owner = tenant('hasty');
    const others = [0, 1].map(() => createKeyService({ store: keys.beside().store, queries: keys.queries, pepper }));
    for (const count of [2, 2, 5]) {
      const before = [...(await usable(owner))];
      while (before.length < count) before.push(await make(owner));
      const results = await Promise.allSettled(
        before.map((id, index) => (others[index % 3] ?? service).revoke(owner, id)),
      );
      const refusals = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason as Error);
      expect(refusals).toMatchObject([refused]);
      expect(await usable(owner)).toHaveLength(1);
    }
  });
});

describe('the list', () => {
  it('pages newest first, within the tenant', async () => {
    const acme = tenant('acme');
    const made: string[] = [];
    for (let key = 0; key < 5; key += 1) made.push((await service.create(acme, request({ name: `k${key}` }))).id);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await service.list(acme, { limit: 2, ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(made.toSorted().toReversed());
    await expect(service.list(acme, { limit: 2, cursor: 'x' })).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
    expect([await keys.queries.hasKeys(), await keys.queries.hasKeys('acme' as TenantId)]).toEqual([true, true]);
    expect(await keys.queries.hasKeys('nobody' as TenantId)).toBe(false);
  });
});

describe('the read model', () => {
  it('is the same when the log is told again, once or twice', async () => {
    const { id } = await service.create(admin, request({ scopes: ['tasks:read'] }));
    await service.revoke(admin, id);
    const before = await allRows();
    expect(before.some((row) => row.revoked_at !== null)).toBe(true);
    const log = await keys.store.readAll({ after: 0n, limit: 10_000 });
    const events = log.filter(({ type }) => keysProjection.handles.includes(type)) as readonly ProjectedEvent[];
    await keys.database.pool.query('TRUNCATE keys');
    for (const round of [events, events]) {
      for (const { text, values } of keysProjection.project(round)) {
        await keys.database.pool.query(text, [...values]);
      }
      expect(await allRows()).toEqual(before);
    }
  });

  it('finds one of 10,000 keys and a page of them by the index', async () => {
    const { pool } = keys.database;
    await pool.query(
      `INSERT INTO keys (id, tenant_id, name, prefix, secret_hmac, role, scopes, created_by, created_at)
       SELECT 'k' || n, 'default', 'n', 'p', '\\x00', 'viewer', '{}', 'x', now() FROM generate_series(1, 10000) n`,
    );
    await pool.query('ANALYZE keys');
    const plan = async (where: string) => {
      const { rows } = await pool.query(`EXPLAIN SELECT * FROM keys WHERE ${where}`);
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    };
    expect(await plan(`id = 'k5000'`)).toMatch(/Index Scan using keys_pkey/);
    const page = await plan(`tenant_id = 'default' AND id < 'k5000' ORDER BY id DESC LIMIT 51`);
    expect(page).toMatch(/Index Scan Backward using keys_pkey/);
    expect(page).not.toMatch(/Sort/);
    expect((await keys.queries.find('k5000'))?.id).toBe('k5000');
  });
});
