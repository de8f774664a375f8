import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { untilGone } from '../../tests/support/owner-process.ts';

const WATCH = fileURLToPath(new URL('npm-watch.ts', import.meta.url));
/** Tells its parent's pid and its own, and ends when npm has gone. */
const PROGRAM = `import { watchNpm } from ${JSON.stringify(WATCH)};
  watchNpm(process.env, () => process.exit(0));
  setInterval(() => {}, 1_000);
  console.log(process.ppid, process.pid);`;
/** Starts it as npm does: behind a shell that does not hand itself over. */
const NPM = `import { spawn } from 'node:child_process';
  spawn('sh', ['-c', '"$0" "$1"; true', process.execPath, process.argv[2]], { stdio: 'inherit' });`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pygent-npm-'));
  writeFileSync(join(folder, 'npm-cli.mjs'), NPM);
  writeFileSync(join(folder, 'program.mjs'), PROGRAM);
});
afterEach(() => rmSync(folder, { recursive: true }));

it.skipIf(process.platform !== 'linux').each(['npm', 'shell'] as const)(
  'ends the program when the %s that started it is killed',
  async (killed) => {
    const npm = spawn(process.execPath, [join(folder, 'npm-cli.mjs'), join(folder, 'program.mjs')], {
      env: { PATH: process.env['PATH'], npm_lifecycle_event: 'npx' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [told] = (await once(npm.stdout, 'data')) as [Buffer];
    const [shell = 0, program = 0] = told.toString().trim().split(' ').map(Number);
    process.kill(killed === 'npm' ? (npm.pid ?? 0) : shell, 'SIGKILL');
    await untilGone(program);
    expect(program).toBeGreaterThan(0);
  },
);
