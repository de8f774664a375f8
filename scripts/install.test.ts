import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { isAlive } from '../tests/support/owner-process.ts';

const INSTALL = fileURLToPath(new URL('install.mjs', import.meta.url));
/** Does as npm without a registry: takes its time, and fills node_modules. Fails beside another one of its kind. */
const NPM = `import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
  for (const pid of existsSync('calls') ? readFileSync('calls', 'utf8').trim().split('\\n') : []) {
    if (existsSync('/proc/' + pid + '/exe')) process.exit(1);
  }
  appendFileSync('calls', process.pid + '\\n');
  setInterval(() => {
    if (!existsSync('go')) return;
    mkdirSync('node_modules', { recursive: true });
    process.exit(0);
  }, 10);`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pygent-install-'));
  writeFileSync(join(folder, 'package-lock.json'), '{}');
  writeFileSync(join(folder, 'npm-cli.js'), NPM);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
});
afterEach(() => rmSync(folder, { recursive: true }));

function startInstall() {
  const script = `import { ensureInstalled } from ${JSON.stringify(INSTALL)}; await ensureInstalled(${JSON.stringify(folder)});`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    env: { PATH: process.env['PATH'], npm_execpath: join(folder, 'npm-cli.js') },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return { child, code: once(child, 'exit').then(([code]) => code as number | null) };
}

const isStamped = () => existsSync(join(folder, 'node_modules', '.pygent-lock-hash'));
const calls = () =>
  existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n') : [];
const begun = (count: number) => vi.waitFor(() => expect(calls()).toHaveLength(count), 10_000);

// requirement: R-BAD-SIGNALS
it.skipIf(process.platform === 'win32')('takes npm along at SIGTERM, and installs anew the next time', async () => {
  const { child, code } = startInstall();
  await begun(1);
  child.kill('SIGTERM');
  expect(await code).toBe(143);
  expect(isAlive(Number(calls()[0]))).toBe(false);
  expect(isStamped()).toBe(false);
  writeFileSync(join(folder, 'go'), '');
  expect(await startInstall().code).toBe(0);
  expect(isStamped()).toBe(true);
  expect(existsSync(join(folder, '.install.pid'))).toBe(false);
});

it.skipIf(process.platform === 'win32')('waits for an npm whose start was killed', async () => {
  const killed = startInstall();
  await begun(1);
  killed.child.kill('SIGKILL');
  await killed.code;
  const next = startInstall();
  const [told] = (await once(next.child.stderr, 'data')) as [Buffer];
  expect(told.toString()).toContain(`process ${calls()[0]}) is installing here`);
  writeFileSync(join(folder, 'go'), '');
  expect(await next.code).toBe(0);
  expect(isStamped()).toBe(true);
  expect(calls()).toHaveLength(2);
});
