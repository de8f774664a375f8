import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { type ApiHarness, startApi } from '../../tests/support/api-harness.ts';
import { executionView } from '../../tests/support/memory-services.ts';

const MAIN = join(import.meta.dirname, '..', 'main.ts');

let api: ApiHarness;
let folder: string;
beforeAll(async () => {
  api = await startApi();
  folder = mkdtempSync(join(tmpdir(), 'pygent-cli-'));
});
afterAll(async () => {
  await api.stop();
  rmSync(folder, { recursive: true });
});

/** The command line as a process of its own. */
function start(argv: readonly string[], stdin: 'ignore' | 'pipe' = 'ignore') {
  const { PATH } = process.env;
  const child = spawn(process.execPath, [MAIN, ...argv], {
    cwd: folder,
    env: { PATH, PYGENT_URL: api.baseUrl, PYGENT_API_KEY: 'admin' },
    stdio: [stdin, 'pipe', 'pipe'],
  });
  const told = { stdout: '', stderr: '' };
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (told.stdout += text));
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (told.stderr += text));
  return { child, told, closed: once(child, 'close').then(([code]) => code as number) };
}

describe('pygent as a process', () => {
  // requirement: R-CLI-EXIT-CODES
  it('ends with the exit code of the command', async () => {
    const version = start(['version']);
    expect(await version.closed).toBe(0);
    expect(version.told.stdout).toMatch(/^pygent \d+\.\d+\.\d+ \(Node\.js /);
    const nobody = start(['run', 'nobody', 'hi']);
    expect(await nobody.closed).toBe(3);
  });

  it('says nothing where the reader of its output has had enough', async () => {
    for (let index = 0; index < 3_000; index += 1) api.services.forks.push(executionView(`exec_${index}`));
    const { child, told, closed } = start(['executions', 'list']);
    child.stdout!.destroy();
    expect(await closed).toBe(141);
    expect(told.stderr).toBe('');
    api.services.forks.length = 0;
  });

  it('cancels its task at SIGINT, and then ends', async () => {
    const { child, told, closed } = start(['run', 'librarian', 'hi']);
    await vi.waitFor(() => expect(api.services.log.listeners).toBeGreaterThan(0), 10_000);
    child.kill('SIGINT');
    expect(await closed).toBe(130);
    expect([...api.services.taskViews.values()].at(-1)?.state).toBe('canceled');
    expect(told.stdout).toBe('');
  });

  it('reads a pipe to its end', async () => {
    const { child, told, closed } = start(['tasks', 'submit', 'librarian'], 'pipe');
    child.stdin!.write('from ');
    child.stdin!.end('a pipe');
    expect(await closed).toBe(0);
    expect(api.services.taskViews.get(told.stdout.trim())?.input).toBe('from a pipe');
  });
});
