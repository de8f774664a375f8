import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { runAsOrdinaryUser } from '../../tests/support/as-ordinary-user.ts';
import { silentLog } from '../../tests/support/silent-log.ts';
import { checkDatabase } from './check-database.ts';
import { checkKeys } from './check-keys.ts';
import { checkBinaries, checkDataFolder, checkNode } from './check-machine.ts';
import { checkModels } from './check-models.ts';
import { checkPort } from './check-port.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'pygent-checks-'));
});
afterAll(() => rmSync(root, { recursive: true }));

describe('checkNode', () => {
  it.each([
    ['22.18.0', 'ok'],
    ['24.0.1', 'ok'],
    ['22.17.9', 'fail'],
    ['20.19.0', 'fail'],
  ])('%s is %s', (version, status) => {
    expect(checkNode(version).status).toBe(status);
  });
});

describe('checkBinaries', () => {
  it('needs none with a database elsewhere', () => {
    expect(checkBinaries({ DATABASE_URL: 'postgres://x' })).toMatchObject({ status: 'ok' });
    expect(checkBinaries({ DATABASE_URL: undefined })).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining('@embedded') as string,
    });
  });
});

describe('checkDataFolder', () => {
  it('looks at the nearest folder there is', () => {
    const [folder, disk] = checkDataFolder({ DATA_DIR: join(root, 'not', 'yet') });
    expect(folder).toMatchObject({ status: 'ok', detail: `${join(root, 'not', 'yet')}, made at the first start` });
    expect(disk).toMatchObject({ name: 'disk', detail: expect.stringMatching(/^\d+\.\d GiB free$/) as string });
  });

  it('fails where the folder cannot be written', () => {
    chmodSync(root, 0o755);
    const folder = join(root, 'read-only');
    mkdirSync(folder, { mode: 0o555 });
    const printed = runAsOrdinaryUser({
      imports: `import { checkDataFolder } from '${new URL('check-machine.ts', import.meta.url).href}';`,
      body: `console.log(JSON.stringify(checkDataFolder({ DATA_DIR: ${JSON.stringify(folder)} })));`,
    });
    expect(JSON.parse(printed)).toMatchObject([{ status: 'fail', remedy: expect.any(String) as string }]);
  });

  it('fails where a file stands in the way', () => {
    writeFileSync(join(root, 'file'), '', { mode: 0o600 });
    expect(checkDataFolder({ DATA_DIR: join(root, 'file', 'data') })).toMatchObject([{ status: 'fail' }]);
  });
});

describe('checkPort', () => {
  it('tells a free port, one of its own, and one that another holds', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port: PORT } = server.address() as AddressInfo;
    const configuration = { HOST: '127.0.0.1', PORT };
    const held = await checkPort({ configuration, ownPort: undefined });
    expect(held).toMatchObject({ status: 'fail', remedy: expect.stringContaining('PORT') as string });
    if (process.platform === 'linux') expect(held.detail).toContain(`process ${process.pid} (`);
    expect(await checkPort({ configuration, ownPort: PORT })).toMatchObject({ status: 'ok' });
    await new Promise((resolve) => server.close(resolve));
    expect(await checkPort({ configuration, ownPort: undefined })).toMatchObject({ status: 'ok' });
  });

  it('fails for an address that is not of this machine', async () => {
    const configuration = { HOST: '192.0.2.1', PORT: 0 };
    expect(await checkPort({ configuration, ownPort: undefined })).toMatchObject({ status: 'fail' });
  });
});

describe('checkKeys', () => {
  const check = (hasKeys: boolean, SECRET_KEY?: string) =>
    checkKeys({ configuration: { DATA_DIR: root, SECRET_KEY }, hasKeys }).map(({ status }) => status);

  it('misses the secret only where keys were made under it', () => {
    expect(check(false)).toEqual(['ok', 'ok']);
    expect(check(true)).toEqual(['fail', 'ok']);
    expect(check(true, 's'.repeat(32))).toEqual(['ok', 'ok']);
  });

  it.skipIf(process.platform === 'win32')('fails for files that others can read', () => {
    writeFileSync(join(root, 'secret-key'), 's', { mode: 0o600 });
    writeFileSync(join(root, 'admin-key'), 'k', { mode: 0o600 });
    expect(check(true)).toEqual(['ok', 'ok']);
    chmodSync(join(root, 'admin-key'), 0o644);
    expect(check(true)).toEqual(['ok', 'fail']);
  });
});

describe('checkModels', () => {
  const models = {
    defaultModel: { model: 'compatible/x', reason: 'DEFAULT_MODEL names it' },
    list: () => [
      { provider: 'compatible', configured: true, reason: 'OPENAI_BASE_URL is set' },
      { provider: 'anthropic', configured: true, reason: 'ANTHROPIC_API_KEY is set' },
      { provider: 'google', configured: false, reason: 'set GOOGLE_GENERATIVE_AI_API_KEY' },
      { provider: 'local', configured: true, reason: 'built in' },
    ],
  };

  it('takes any answer, sends no key, and fails only where the default model is out of reach', async () => {
    const asked: (string | undefined)[] = [];
    const server = createHttpServer((request, response) => {
      asked.push(request.headers.authorization ?? request.headers['x-api-key']?.toString());
      response.writeHead(401).end();
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    const configuration = { OPENAI_BASE_URL: url, ANTHROPIC_BASE_URL: url, GOOGLE_BASE_URL: undefined };
    const reached = await checkModels({ configuration, models, offline: false });
    expect(reached.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'model ok',
      'model compatible ok',
      'model anthropic ok',
    ]);
    expect(asked).toEqual([undefined, undefined]);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    const away = await checkModels({ configuration, models, offline: false });
    expect(away.map(({ status }) => status)).toEqual(['ok', 'fail', 'warn']);
    expect((await checkModels({ configuration, models, offline: true })).map(({ status }) => status)).toEqual([
      'ok',
      'ok',
      'ok',
    ]);
  });
});

describe('checkDatabase', () => {
  it('tells that a server cannot be reached, without its password', async () => {
    const DATABASE_URL = 'postgres://user:hunter2@127.0.0.1:1/none';
    const { checks } = await checkDatabase({ configuration: { DATA_DIR: root, DATABASE_URL }, log: silentLog });
    expect(checks).toMatchObject([{ name: 'database', status: 'fail', remedy: expect.any(String) as string }]);
    expect(JSON.stringify(checks)).not.toContain('hunter2');
  });
});
