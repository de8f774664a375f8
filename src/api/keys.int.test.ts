import { createSecretKey, randomBytes } from 'node:crypto';

import { createClient } from '#contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type ApiHarness, startApi } from '../../tests/support/api-harness.ts';
import { type KeyStore, openKeyStore } from '../../tests/support/key-store.ts';
import { systemContext } from '../kernel/call-context.ts';
import { systemClock } from '../kernel/clock.ts';
import {
  type Authenticator,
  createAuthenticator,
  createKeyService,
  ensureAdminKey,
} from '../security/authentication/index.ts';
import { createAuthorizer } from '../security/authorization/index.ts';

const pepper = createSecretKey(randomBytes(32));
let keys: KeyStore;
let authenticator: Authenticator;
let api: ApiHarness;
let adminKey: string;
beforeAll(async () => {
  keys = await openKeyStore();
  const { store, bus, queries } = keys;
  authenticator = createAuthenticator({ keys: queries, pepper, clock: systemClock, bus });
  api = await startApi({
    authenticate: authenticator.authenticate,
    services: {
      keys: createKeyService({ store, queries, pepper }),
      authorizer: createAuthorizer(),
      eventStore: store,
      eventBus: bus,
    },
    clock: { now: () => new Date(0) },
    settings: { rateLimitPerMinute: 30 },
  });
  const made = await ensureAdminKey({ store, queries, pepper, dataDir: keys.folder, context: systemContext() });
  adminKey = made.key ?? '';
});
afterAll(async () => {
  await api.stop();
  authenticator.close();
  await keys.close();
});

const clientOf = (key: string) => createClient({ baseUrl: api.baseUrl, key });
const ask = async (path: string, key: string | undefined) => {
  const headers = { authorization: key === undefined ? '' : `Bearer ${key}` };
  const response = await api.request(path, { headers });
  return { response, body: (await response.json()) as Record<string, any> };
};

describe('a key over HTTP', () => {
  it('is made, shown, used, listed without its secret, and refused from its revocation on', async () => {
    const admin = clientOf(adminKey);
    const { key, id } = await admin.keys.create({ name: 'ci', role: 'operator' });
    expect((await clientOf(key).system.get()).principal).toEqual({ id, role: 'operator', tenant: 'default' });
    const listed = await admin.keys.list();
    expect(listed.items.map(({ name }) => name)).toEqual(['ci', 'admin']);
    expect(JSON.stringify(listed)).not.toContain(key.slice(-43));
    await admin.keys.revoke(id);
    const { response, body } = await ask('/api/v1/system', key);
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(body).toMatchObject({ code: 'UNAUTHENTICATED', detail: expect.stringMatching(/^this key was revoked at/) });
  });

  it('is wanted: 401 as a problem, whatever is sent instead', async () => {
    for (const key of [undefined, 'x', adminKey.slice(0, -1), `pygent_${'0'.repeat(26)}_${'a'.repeat(43)}`]) {
      const { response, body } = await ask('/api/v1/tasks', key);
      expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
      expect(body).toMatchObject({ status: 401, code: 'UNAUTHENTICATED', remedy: expect.any(String) });
    }
  });

  it('allows what its role and scopes do: 403 as a problem that names the action and who may', async () => {
    const admin = clientOf(adminKey);
    const viewer = await admin.keys.create({ name: 'v', role: 'viewer' });
    const { body } = await ask('/api/v1/keys', viewer.key);
    expect(body).toMatchObject({
      status: 403,
      code: 'FORBIDDEN',
      detail: 'keys:read needs the role admin; yours is viewer',
      details: { action: 'keys:read', roles: ['admin'], role: 'viewer' },
    });
    const narrow = await admin.keys.create({ name: 'n', role: 'admin', scopes: ['keys:write'] });
    expect((await ask('/api/v1/keys', narrow.key)).body).toMatchObject({ code: 'FORBIDDEN' });
    await expect(clientOf(narrow.key).keys.create({ name: 'x', role: 'admin' })).rejects.toMatchObject({
      code: 'FORBIDDEN',
      status: 403,
    });
  });

  it('has a rate limit of its own', async () => {
    const { key } = await clientOf(adminKey).keys.create({ name: 'fast', role: 'viewer' });
    const statuses: number[] = [];
    for (let request = 0; request < 31; request += 1) statuses.push((await ask('/api/v1/tools', key)).response.status);
    expect(statuses).toEqual([...Array.from({ length: 30 }, () => 200), 429]);
    expect((await ask('/api/v1/tools', adminKey)).response.status).toBe(200);
  });

  it('never reaches a log or an event', async () => {
    const { key } = await clientOf(adminKey).keys.create({ name: 'quiet', role: 'viewer' });
    await ask('/api/v1/tools', key);
    await ask('/api/v1/tasks/none', `${key}x`);
    const events = await ask('/api/v1/events?limit=200', adminKey);
    expect(events.body['items'].length).toBeGreaterThan(3);
    expect(api.logged.length).toBeGreaterThan(10);
    const told = JSON.stringify(events.body) + api.logged.join('');
    for (const secret of [key, adminKey].map((text) => text.slice(-43))) expect(told).not.toContain(secret);
  });
});
