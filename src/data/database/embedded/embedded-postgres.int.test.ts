import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { isAlive, type OwnerProcess, startOwner, untilGone } from '../../../../tests/support/owner-process.ts';
import { silentLog } from '../../../../tests/support/silent-log.ts';
import { type ConnectionSettings, type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';
import { findPostgresInstall } from './postgres-install.ts';
import { chooseServerAccount } from './server-account.ts';
import { spawnServerProgram } from './server-process.ts';
import { serverArguments } from './server-settings.ts';

const isLinux = process.platform === 'linux';
const isRoot = process.getuid?.() === 0;

let root: string;
let dataDir: string;
const servers: EmbeddedPostgres[] = [];
const owners: OwnerProcess[] = [];

/** A data folder with a cluster that was stopped, for the tests that are not about its creation. */
let seed: string;
beforeAll(async () => {
  seed = mkdtempSync(join(tmpdir(), 'pygent-pg-seed-'));
  await (await startEmbeddedPostgres({ dataDir: join(seed, 'data'), log: silentLog })).stop();
});
afterAll(() => rmSync(seed, { recursive: true }));
// By `cp`, which keeps the modes of folders too.
const prepare = (folder = dataDir): Buffer => execFileSync('cp', ['-a', join(seed, 'data'), folder]);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pygent-pg-'));
  dataDir = join(root, 'data');
});
afterEach(async () => {
  for (const owner of owners.splice(0)) {
    if (owner.child.exitCode === null && owner.child.signalCode === null) await owner.kill();
    const { pid } = await owner.answer;
    if (pid !== undefined) await untilGone(pid);
  }
  for (const server of servers.splice(0)) await server.stop();
  rmSync(root, { recursive: true, maxRetries: 20, retryDelay: 50 });
});

async function start(folder = dataDir): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir: folder, log: silentLog });
  servers.push(server);
  return server;
}

async function own(options: Parameters<typeof startOwner>[0]): Promise<OwnerProcess> {
  const owner = await startOwner(options);
  owners.push(owner);
  return owner;
}

async function query(connection: ConnectionSettings, text: string): Promise<unknown[]> {
  const client = new pg.Client(connection);
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

describe('startEmbeddedPostgres', () => {
  it('keeps what is committed from one start to the next, on durable settings', async () => {
    const first = await start();
    await query(first.connection, 'CREATE TABLE kept AS SELECT 7 AS x');
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);
    const second = await start();
    expect(await query(second.connection, 'SELECT x FROM kept')).toEqual([{ x: 7 }]);
    const settings = `SELECT string_agg(setting, ',' ORDER BY name) AS s FROM pg_settings
      WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit', 'server_encoding', 'listen_addresses')`;
    expect(await query(second.connection, settings)).toEqual([{ s: 'on,on,,UTF8,on' }]);
  });

  it('sorts by code point and knows the letters of all languages', async () => {
    prepare();
    const { connection } = await start();
    expect(await query(connection, `SELECT lower('ÄÉŽ') AS lower, 'Z' < 'a' AS by_code`)).toEqual([
      { lower: 'äéž', by_code: true },
    ]);
  });

  it('lets nobody in without the password', async () => {
    prepare();
    const { connection } = await start();
    await expect(query({ ...connection, password: 'guess' }, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    expect(statSync(join(dataDir, 'postgres', '18', 'password')).mode & 0o077).toBe(0);
    expect(statSync(dataDir).mode & 0o077).toBe(0);
  });

  // requirement: R-START-FOLDER-HELD
  it('refuses a folder that another process holds, and names its pid', async () => {
    prepare();
    const owner = await own({ dataDir });
    await owner.answer;
    await expect(start()).rejects.toMatchObject({
      code: 'DATA_FOLDER_LOCKED',
      details: { pid: owner.child.pid },
    });
    await owner.end();
    await start();
  });

  it('refuses a second start in one process', async () => {
    prepare();
    await start();
    await expect(start()).rejects.toMatchObject({ code: 'DATA_FOLDER_LOCKED', details: { pid: process.pid } });
  });

  it.skipIf(!isLinux)('ends with its parent when that is killed with -9, and loses nothing committed', async () => {
    prepare();
    const owner = await own({ dataDir });
    const { pid = 0, connection } = await owner.answer;
    if (connection === undefined) throw new Error('the owner did not start');
    await query(connection, 'CREATE TABLE kept AS SELECT 1 AS x');
    await owner.kill();
    await untilGone(pid);
    const server = await start();
    expect(await query(server.connection, 'SELECT x FROM kept')).toEqual([{ x: 1 }]);
  });

  it('starts at once after a kill -9, while the old server may still be there', async () => {
    prepare();
    for (let round = 0; round < 3; round += 1) {
      const owner = await own({ dataDir });
      expect((await owner.answer).error).toBeUndefined();
      await owner.kill();
    }
    await start();
  });

  // requirement: R-DATA-ORPHAN
  it('stops an orphan that did not end with its parent', async () => {
    prepare();
    const cluster = join(dataDir, 'postgres', '18', 'data');
    const install = findPostgresInstall({ overlayFolder: join(root, 'lib') });
    const account = chooseServerAccount({ folder: join(dataDir, 'postgres'), program: install.postgres, cluster });
    const setpriv = account.prefix.indexOf('setpriv');
    const orphan = spawnServerProgram(install.postgres, {
      install,
      account: { ...account, prefix: setpriv < 0 ? [] : account.prefix.slice(0, setpriv) },
      parameters: ['-D', cluster, ...serverArguments({ socketFolder: join(dataDir, 'postgres', 'socket') }, true)],
      stdio: 'ignore',
    });
    while (!existsSync(join(cluster, 'postmaster.pid'))) await sleep(10);
    const next = await start();
    expect(next.pid).not.toBe(orphan.pid);
    expect(orphan.exitCode ?? orphan.signalCode).not.toBeNull();
    expect(await query(next.connection, 'SELECT 1 AS x')).toEqual([{ x: 1 }]);
  });

  it('is not misled by what a killed server left: pids that are somebody else’s by now, and half a file', async () => {
    prepare();
    const cluster = join(dataDir, 'postgres', '18', 'data');
    const socketLock = join(dataDir, 'postgres', 'socket', '.s.PGSQL.5432.lock');
    for (const left of [`${process.pid}\n${cluster}\n1\n5432\n\n\n\nready\n`, `${process.ppid}\n${cluster}\n1\n`, '']) {
      writeFileSync(join(cluster, 'postmaster.pid'), left);
      writeFileSync(socketLock, `${process.ppid}\n`);
      await (await start()).stop();
    }
    expect([process.pid, process.ppid].map(isAlive)).toEqual([true, true]);
  });

  it.skipIf(!isLinux)('waits for the end of what a killed server left at work', async () => {
    const owner = await own({ dataDir });
    const { pid = 0, connection } = await owner.answer;
    // Should this test end before it has killed it, it ends by itself.
    const client = new pg.Client({ ...connection, statement_timeout: 60_000 });
    client.on('error', () => undefined);
    await client.connect();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    // A loop hears nothing of the end of its server.
    client.query('DO $$ BEGIN LOOP PERFORM 1; END LOOP; END $$').catch(() => undefined);
    while ((await query(connection!, `SELECT 1 FROM pg_stat_activity WHERE query LIKE 'DO %'`)).length === 0);
    process.kill(pid, 'SIGKILL');
    await owner.kill();
    const next = start();
    const refused = async (): Promise<string> => {
      while (!readFileSync(join(dataDir, 'logs', 'postgres.log'), 'utf8').includes('pre-existing shared memory')) {
        await sleep(10);
      }
      return 'refused';
    };
    expect(await Promise.race([refused(), next])).toBe('refused');
    process.kill(rows[0]!.pid, 'SIGKILL');
    expect(await query((await next).connection, 'SELECT 1 AS x')).toEqual([{ x: 1 }]);
  });

  it.skipIf(!isLinux)('starts no server for a process that is dead by then', () => {
    mkdirSync(join(dataDir, 'postgres'), { recursive: true });
    const { prefix } = chooseServerAccount({ folder: join(dataDir, 'postgres'), program: '/bin/sh', cluster: dataDir });
    // The shell in between is its parent, as another would be after our death.
    const between = spawnSync('sh', ['-c', '"$@"; true', 'sh', ...prefix, 'echo', 'started'], { encoding: 'utf8' });
    expect(between.stdout).toBe('');
    expect(spawnSync(prefix[0]!, [...prefix.slice(1), 'echo', 'started'], { encoding: 'utf8' }).stdout).toBe(
      'started\n',
    );
  });

  it('starts over after a crash in the middle of the creation', async () => {
    const postgres = join(dataDir, 'postgres');
    const owner = await own({ dataDir });
    const begun = (): boolean =>
      existsSync(postgres) && readdirSync(postgres).some((name) => name.startsWith('unfinished'));
    while (!begun()) await sleep(2);
    await sleep(100);
    await owner.kill();
    expect(existsSync(join(postgres, '18'))).toBe(false);
    await start();
    expect(begun()).toBe(false);
  });

  it('starts the server again when it is killed, at the same address and with all that was committed', async () => {
    prepare();
    const server = await start();
    await query(server.connection, 'CREATE TABLE kept AS SELECT 1 AS x');
    const killed = server.pid;
    process.kill(killed, 'SIGKILL');
    const rows = async (): Promise<unknown[]> => {
      for (;;) {
        try {
          return await query(server.connection, 'SELECT x FROM kept');
        } catch {
          await sleep(20);
        }
      }
    };
    await untilGone(killed);
    expect(await rows()).toEqual([{ x: 1 }]);
    expect(server.pid).not.toBe(killed);
  });

  it('stops while it starts the server again', async () => {
    prepare();
    const server = await start();
    process.kill(server.pid, 'SIGKILL');
    await untilGone(server.pid);
    await server.stop();
    expect(isAlive(server.pid)).toBe(false);
    await start();
  });

  // requirement: R-BAD-FOLDER-GONE
  it('tells when the server cannot be started again, and frees the folder', async () => {
    prepare();
    const server = await start();
    const lost = new Promise((resolve) => server.onExit(resolve));
    // Moved and not removed, which a server that writes meanwhile could leave undone.
    renameSync(join(dataDir, 'postgres'), join(root, 'removed'));
    expect(await lost).toMatchObject({ code: 'DATA_FOLDER_UNUSABLE' });
    await server.stop();
    await start();
  });

  it('works where the path is too long for a socket', async () => {
    const folder = join(root, 'long'.repeat(40));
    prepare(folder);
    const { connection } = await start(folder);
    expect(connection.host.length).toBeLessThan(90);
    expect(await query(connection, 'SELECT 1 AS x')).toEqual([{ x: 1 }]);
    rmSync(connection.host, { recursive: true });
  });

  it('works in a folder with spaces, quotes and other letters', async () => {
    const { connection } = await start(join(root, `ä b'c"d $e`));
    expect(await query(connection, 'SELECT 1 AS x')).toEqual([{ x: 1 }]);
  });

  it('refuses a cluster of another major version, and a file in the folder’s place', async () => {
    mkdirSync(join(dataDir, 'postgres', '17'), { recursive: true });
    await expect(start()).rejects.toMatchObject({ code: 'DATA_FOLDER_UNUSABLE', details: { found: '17' } });
    writeFileSync(join(root, 'file'), '');
    await expect(start(join(root, 'file'))).rejects.toMatchObject({ code: 'DATA_FOLDER_UNUSABLE' });
  });

  it('says why a damaged cluster does not start', async () => {
    prepare();
    rmSync(join(dataDir, 'postgres', '18', 'data', 'global'), { recursive: true });
    await expect(start()).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      message: expect.stringMatching(/did not start.*global/s),
    });
  });

  // requirement: R-DATA-NO-BINARY
  it('names DATABASE_URL where there is no binary for the platform', async () => {
    await expect(
      startEmbeddedPostgres({ dataDir, log: silentLog, nativeFolder: join(root, 'none') }),
    ).rejects.toMatchObject({ code: 'PLATFORM_UNSUPPORTED', message: expect.stringContaining('DATABASE_URL') });
  });
});

describe.skipIf(!isLinux || !isRoot)('startEmbeddedPostgres, tried as root', () => {
  const uid = 65534;

  // requirement: R-DATA-AS-USER
  it('runs as a normal user', async () => {
    chmodSync(root, 0o777);
    const owner = await own({ dataDir, uid });
    expect((await owner.answer).error).toBeUndefined();
    expect(statSync(dataDir).uid).toBe(uid);
    await owner.end();
  });

  // requirement: R-START-UNWRITABLE
  it('says so where a normal user may not write', async () => {
    chmodSync(root, 0o755);
    const owner = await own({ dataDir, uid });
    expect((await owner.answer).error).toMatchObject({ code: 'DATA_FOLDER_UNUSABLE' });
  });

  it('does not touch the cluster of another user', async () => {
    prepare();
    for (const path of [root, dataDir]) chmodSync(path, 0o777);
    for (const path of ['pygent.lock', 'owner.json', 'postgres', 'postgres/18', 'logs'])
      chmodSync(join(dataDir, path), 0o777);
    const owner = await own({ dataDir, uid });
    expect((await owner.answer).error).toMatchObject({ code: 'DATA_FOLDER_UNUSABLE', details: { owner: 0, uid } });
  });

  // requirement: R-DATA-AS-ROOT
  it('keeps root’s files root’s, in a folder that only root can enter', async () => {
    prepare();
    chmodSync(root, 0o700);
    const server = await start();
    expect(statSync(join(dataDir, 'postgres', '18', 'data')).uid).toBe(0);
    expect(readFileSync(`/proc/${server.pid}/status`, 'utf8')).toMatch(/^Uid:\t0\t/m);
  });

  it('becomes another user where namespaces are forbidden and the folder can be reached, and comes back', async () => {
    chmodSync(root, 0o755);
    const owner = await own({ dataDir, withoutNamespaces: true });
    const { pid = 0, error } = await owner.answer;
    expect(error).toBeUndefined();
    expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/^Uid:\t65534\t/m);
    await owner.kill();
    await untilGone(pid);
    const server = await start();
    expect(await query(server.connection, 'SELECT 1 AS x')).toEqual([{ x: 1 }]);
  });

  it('runs on a data folder that belongs to another user, as that user', async () => {
    chmodSync(root, 0o777);
    const owner = await own({ dataDir, uid });
    await owner.answer;
    await owner.end();
    const server = await start();
    expect(readFileSync(`/proc/${server.pid}/status`, 'utf8')).toMatch(/^Uid:\t65534\t/m);
  });

  it('says what to do where namespaces are forbidden and the folder cannot be reached', async () => {
    chmodSync(root, 0o700);
    const owner = await own({ dataDir, withoutNamespaces: true });
    expect((await owner.answer).error).toMatchObject({
      code: 'DATA_FOLDER_UNUSABLE',
      message: expect.stringMatching(/DATA_DIR.*DATABASE_URL/s),
    });
  });
});
