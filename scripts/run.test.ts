import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { expect, it } from 'vitest';

import { untilGone } from '../tests/support/owner-process.ts';

const RUN = fileURLToPath(new URL('run.mjs', import.meta.url));
/** Tells its pid, and ends with 0 at SIGTERM. */
const PROGRAM = `process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1_000); console.log(process.pid)`;
const WRAPPER = `import { run } from ${JSON.stringify(RUN)};
  process.exitCode = await run(process.execPath, ['--eval', ${JSON.stringify(PROGRAM)}]);`;

/** `npm run` as it is on a system whose shell does not hand itself over: npm, a shell, the script. */
async function startBehindShell() {
  const shell = spawn('sh', ['-c', '"$0" --input-type=module --eval "$1"; true', process.execPath, WRAPPER], {
    env: { ...process.env, npm_lifecycle_event: 'start' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [first] = (await once(shell.stdout, 'data')) as [Buffer];
  return { shell, pid: Number(first.toString()) };
}

it.skipIf(process.platform === 'win32')('ends the program when npm lets the shell between them die', async () => {
  const { shell, pid } = await startBehindShell();
  shell.kill('SIGTERM');
  await untilGone(pid);
  expect(shell.killed).toBe(true);
});
