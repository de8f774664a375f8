import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { cli } from '../../tests/support/cli-harness.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'pygent-cli-'));
});
afterAll(() => rmSync(root, { recursive: true }));

const run = (argv: readonly string[], environment: Record<string, string> = {}) =>
  cli({ argv, folder: root, environment: { PORT: '0', ...environment } });

interface Report {
  readonly status: string;
  readonly checks: readonly { readonly name: string; readonly status: string; readonly remedy?: string }[];
}

async function examine(environment: Record<string, string> = {}) {
  const { exitCode, stdout } = await run(['doctor', '--offline', '--json', '--url', 'http://127.0.0.1:1'], environment);
  const report = JSON.parse(stdout) as Report;
  return { exitCode, ...report, states: Object.fromEntries(report.checks.map(({ name, status }) => [name, status])) };
}

// requirement: R-CLI-DOCTOR
describe('pygent doctor', () => {
  it('finds nothing wrong before the first start, and makes nothing', async () => {
    const { exitCode, status, states } = await examine();
    expect({ exitCode, status }).toEqual({ exitCode: 0, status: 'ok' });
    expect(states).toMatchObject({ node: 'ok', configuration: 'ok', factory: 'ok', database: 'ok', model: 'ok' });
    expect(existsSync(join(root, '.pygent'))).toBe(false);
  });

  it('answers 1 for a configuration that is not valid, and names it', async () => {
    const { exitCode, checks } = await examine({ LOG_LEVEL: 'loud' });
    expect(exitCode).toBe(1);
    expect(checks.at(-1)).toMatchObject({
      name: 'configuration',
      status: 'fail',
      remedy: expect.any(String) as string,
    });
  });

  it('tells of a default model that cannot be used, and still looks at the rest', async () => {
    const { exitCode, states } = await examine({ DEFAULT_MODEL: 'openai/gpt-5' });
    expect(exitCode).toBe(1);
    expect(states).toMatchObject({ model: 'fail', database: 'ok', port: 'ok' });
  });

  it('says in a column what to do', async () => {
    const { stdout } = await run(['doctor', '--offline'], { LOG_LEVEL: 'loud' });
    expect(stdout).toMatch(/^ok {4}node {11}Node\.js/);
    expect(stdout).toMatch(/\nfail {2}configuration {2}LOG_LEVEL .*\n {21}→ Correct the variable/);
    expect(stdout).toContain('\n1 failure\n');
  });
});

describe('pygent db', () => {
  it('migrates, backs up and restores', async () => {
    expect((await run(['db', 'migrate'])).stdout).toMatch(
      /^Applied 0001_events\.sql\.\n[^]*The schema is at version \d+\.\n$/,
    );
    expect(JSON.parse((await run(['db', 'migrate', '--json'])).stdout)).toMatchObject({ applied: [] });
    const backup = await run(['db', 'backup', 'copy']);
    expect(backup).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining(`Backed up to ${join(root, 'copy')}.`) as string,
    });
    expect(backup.stderr).toContain(join(root, '.pygent', 'secret-key'));
    const restored = await run(['db', 'restore', 'copy', '--json', '--data-dir', 'elsewhere']);
    expect(JSON.parse(restored.stdout)).toMatchObject({ format: 1, folder: join(root, 'copy') });
    expect(existsSync(join(root, 'elsewhere', 'postgres'))).toBe(true);
  }, 60_000);

  it('has a way back in for one who lost the admin key', async () => {
    const file = join(root, '.pygent', 'admin-key');
    const read = async () => {
      expect(await run(['keys', 'reset-admin'])).toMatchObject({
        exitCode: 0,
        stdout: `A new admin key is in ${file}.\n`,
      });
      return readFileSync(file, 'utf8');
    };
    const first = await read();
    rmSync(file);
    expect(await read()).not.toBe(first);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('refuses what would do harm, each with its own exit code', async () => {
    mkdirSync(join(root, 'full'));
    writeFileSync(join(root, 'full', 'file'), '');
    expect(await run(['db', 'backup', 'full'])).toMatchObject({ exitCode: 5, stdout: '' });
    expect(await run(['db', 'restore', 'full', '--data-dir', 'third'])).toMatchObject({ exitCode: 2, stdout: '' });
    expect(existsSync(join(root, 'third'))).toBe(false);
  });
});
