import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { type FactoryProcess, openWorkplace } from '../support/factory-process.ts';
import { runProgram } from '../support/program.ts';
import { createTestDatabase, databaseUrl, type TestDatabase } from '../support/test-database.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const place = openWorkplace();
const CONFIGURATION = join(place.folder, 'pygent.config.json');
afterAll(() => place.clear());
afterEach(() => rmSync(CONFIGURATION, { force: true }));

/** Starts a factory that must not come up, and answers its one line on stderr. */
async function refusal(environment: Readonly<Record<string, string>>, argv: readonly string[] = ['up']) {
  const { exitCode, stdout, stderr } = await runProgram({
    argv,
    folder: place.folder,
    environment: { PORT: '0', ...environment },
  });
  expect(stdout).toBe('');
  expect(exitCode).toBeGreaterThan(0);
  expect(stderr).toMatch(/^error: [^\n]+ \([A-Z_]+\)\n$/);
  return stderr;
}

describe('a start is refused in one line', () => {
  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['for a port that is none', { PORT: 'many' }, /PORT \(set in the environment\): must be a whole number/],
    ['for a public address without TLS', { HOST: '0.0.0.0' }, /HOST: 0\.0\.0\.0 can be reached from other machines/],
    ['for an address that is not this machine’s', { HOST: '192.0.2.1', TRUST_PROXY: '1' }, /HOST, PORT: 192\.0\.2\.1/],
    ['for a folder under a file', { DATA_DIR: join(import.meta.filename, 'data') }, /ENOTDIR.*DATA_FOLDER_UNUSABLE/],
    [
      'for a folder of the kernel’s',
      { DATA_DIR: '/proc/pygent' },
      /\/proc\/pygent cannot be used \(ENOENT\).*DATA_FOLDER_UNUSABLE/,
    ],
    [
      'for a database that does not answer',
      { DATABASE_URL: 'postgres://u:s3cret@127.0.0.1:1/d' },
      /ECONNREFUSED.*DATABASE_UNAVAILABLE/,
    ],
    ['for a database of another kind', { DATABASE_URL: 'mysql://u:s3cret@h/d' }, /DATABASE_URL is not a PostgreSQL/],
  ])('%s', async (_name, environment, message) => {
    const told = await refusal(environment);
    expect(told).toMatch(message);
    expect(told).not.toContain('s3cret');
    expect(existsSync(place.dataDir)).toBe(false);
  });

  // requirement: R-START-CONFIGURATION
  it.each([
    ['{"PORT": 1,\n "HOST" 3}', /pygent\.config\.json:2:/],
    ['{"PROT": 1}', /PROT is not a variable; did you mean PORT\?/],
  ])('for the configuration %s', async (text, message) => {
    writeFileSync(CONFIGURATION, text);
    expect(await refusal({})).toMatch(message);
  });

  it('for a role that there is not', async () => {
    expect(await refusal({}, ['up', '--role', 'cook'])).toContain('there is no role cook; use api, worker, scheduler');
  });

  // requirement: R-START-PORT-IN-USE
  it('for a port that another process holds, naming it, before anything is made', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const told = await refusal({ PORT: String(port) });
    expect(told).toContain(`port ${port} of 127.0.0.1 is in use by `);
    if (process.platform === 'linux') expect(told).toContain(`process ${process.pid}`);
    expect(existsSync(place.dataDir)).toBe(false);
    server.close();
  });
});

describe('a folder in which a factory runs', () => {
  let factory: FactoryProcess;
  beforeAll(async () => {
    factory = await place.up();
  });

  // requirement: R-START-FOLDER-HELD
  it('is refused to a second one with the pid and the address of the first, which goes on', async () => {
    const held = await refusal({});
    expect(held).toContain(`held by process ${factory.child.pid} `);
    expect(held).toContain(factory.url);
    const samePort = await refusal({ PORT: new URL(factory.url).port });
    expect(samePort).toContain(`in use by the factory of this folder, process ${factory.child.pid} at ${factory.url}`);
    expect((await factory.client.agents.list()).items).toHaveLength(1);
  });

  it('is as it was after all refusals', async () => {
    writeFileSync(CONFIGURATION, '{');
    await refusal({});
    rmSync(CONFIGURATION);
    expect(await factory.stop()).toMatchObject({ exitCode: 0, stderr: '' });
    factory = await place.up();
    expect((await factory.client.agents.list()).items).toHaveLength(1);
    await factory.stop();
  });

  it('is refused where its key to the database is not a key any more', async () => {
    const postgres = join(place.dataDir, 'postgres', '18');
    const path = join(postgres, 'password');
    rmSync(path);
    mkdirSync(path);
    expect(await refusal({})).toContain(path);
  });
});

describe('a database of one’s own', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.close());

  it('is refused with a wrong password, which is never shown', async () => {
    const url = new URL(databaseUrl(database));
    url.password = 'wr0ng-s3cret';
    const told = await refusal({ DATABASE_URL: url.href, LOG_LEVEL: 'trace' });
    expect(told).toMatch(/password authentication failed.*DATABASE_UNAVAILABLE/);
    expect(told).not.toContain('wr0ng-s3cret');
  });

  // requirement: R-DATA-MIGRATE-OLDER-CODE
  it('is refused where its schema is newer, and left as it is', async () => {
    const newer = `INSERT INTO schema_migrations (version, name, checksum) VALUES (9999, '9999_future.sql', 'x')`;
    await database.pool.query(newer);
    expect(await refusal({ DATABASE_URL: databaseUrl(database) })).toMatch(/9999_future\.sql.*SCHEMA_TOO_NEW/);
    const { rows } = await database.pool.query(`SELECT to_regnamespace('pgboss') AS jobs`);
    expect(rows).toEqual([{ jobs: null }]);
  });
});
