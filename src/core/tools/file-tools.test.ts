import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { systemContext } from '../../kernel/call-context.ts';
import { AppError } from '../../kernel/errors.ts';
import type { ExecutionId, TaskId, TenantId } from '../../kernel/ids.ts';
import type { JsonObject, JsonValue } from '../../utils/json.ts';
import { openConfinedFolder } from './confined-folder.ts';
import { createFileTools } from './file-tools.ts';
import { runTool } from './run-tool.ts';

let base: string;
let root: string;
beforeEach(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'pygent-files-')));
  root = join(base, 'files', 'default');
  await mkdir(root, { recursive: true });
  await writeFile(join(base, 'secret.txt'), 'secret');
});
afterEach(() => rm(base, { recursive: true, force: true }));

function call(name: string, input: JsonObject): Promise<JsonValue> {
  return callAs('default', { name, input });
}

async function callAs(tenantId: string, { name, input }: { name: string; input: JsonObject }): Promise<JsonValue> {
  const tool = createFileTools({ folder: join(base, 'files') }).find((candidate) => candidate.name === name)!;
  const context = {
    call: systemContext({ tenantId: tenantId as TenantId }),
    executionId: 'exec_1' as ExecutionId,
    taskId: 'task_1' as TaskId,
    stepKey: '1',
    idempotencyKey: 'key',
    signal: new AbortController().signal,
    progress: () => undefined,
  };
  return runTool({ tool, input, context });
}

describe('files.write and files.read', () => {
  it('give back what was written, and replace it', async () => {
    expect(await call('files.write', { path: 'notes/today.md', text: 'one\ntwö\n' })).toEqual({
      path: 'notes/today.md',
      bytes: 9,
    });
    await call('files.write', { path: './notes//today.md', text: 'new\n' });
    expect(await call('files.read', { path: 'notes/today.md' })).toEqual({
      path: 'notes/today.md',
      startLine: 1,
      endLine: 1,
      totalLines: 1,
      text: 'new',
    });
    expect(await readdir(join(root, 'notes'))).toEqual(['today.md']);
  });

  it('read the lines asked for', async () => {
    await call('files.write', { path: 'a.txt', text: 'one\r\ntwo\nthree\nfour' });
    const read = (range: JsonObject): Promise<JsonValue> => call('files.read', { path: 'a.txt', ...range });
    expect(await read({ startLine: 2, endLine: 3 })).toMatchObject({
      startLine: 2,
      endLine: 3,
      totalLines: 4,
      text: 'two\nthree',
    });
    expect(await read({ startLine: 3, endLine: 99 })).toMatchObject({ startLine: 3, endLine: 4, text: 'three\nfour' });
    expect(await read({ startLine: 99 })).toMatchObject({ startLine: 4, endLine: 4 });
    await expect(read({ startLine: 3, endLine: 2 })).rejects.toMatchObject({ code: 'TOOL_ARGUMENTS_INVALID' });
    await call('files.write', { path: 'empty', text: '' });
    expect(await call('files.read', { path: 'empty' })).toMatchObject({
      startLine: 0,
      endLine: 0,
      totalLines: 0,
      text: '',
    });
  });

  it('read a long file in parts', async () => {
    const lines = Array.from({ length: 3_000 }, (_, index) => `line ${index + 1} ${'x'.repeat(40)}`);
    await call('files.write', { path: 'long', text: lines.join('\n') });
    const seen: string[] = [];
    for (let startLine = 1; startLine <= 3_000;) {
      const part = (await call('files.read', { path: 'long', startLine })) as { endLine: number; text: string };
      seen.push(part.text);
      startLine = part.endLine + 1;
    }
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.join('\n')).toBe(lines.join('\n'));
  });

  it('keep the files of tenants apart, whatever their ids', async () => {
    await call('files.write', { path: 'a', text: 'mine' });
    for (const tenant of ['other', '../default', '..', '.', 'default/']) {
      await expect(callAs(tenant, { name: 'files.read', input: { path: 'a' } })).rejects.toMatchObject({
        code: 'TOOL_FAILED',
      });
    }
  });

  it('tell what is wrong with a path that is inside', async () => {
    await mkdir(join(root, 'folder'));
    await writeFile(join(root, 'binary'), Buffer.from([1, 0, 2]));
    await writeFile(join(root, 'large'), Buffer.alloc(17 * 1024 * 1024, 'x'));
    await expect(call('files.read', { path: 'none' })).rejects.toThrow(/does not exist/);
    await expect(call('files.read', { path: 'folder' })).rejects.toMatchObject({ code: 'TOOL_FAILED' });
    await expect(call('files.read', { path: 'binary' })).rejects.toThrow(/no text/);
    await expect(call('files.read', { path: 'large' })).rejects.toMatchObject({ code: 'TOOL_OUTPUT_TOO_LARGE' });
    await expect(call('files.write', { path: 'folder', text: '' })).rejects.toThrow(/folder/);
    await expect(call('files.write', { path: 'binary/x', text: '' })).rejects.toMatchObject({ code: 'TOOL_FAILED' });
    await expect(call('files.write', { path: 'x'.repeat(300), text: '' })).rejects.toThrow(/too long/);
    expect((await readdir(root)).toSorted()).toEqual(['binary', 'folder', 'large']);
  });

  it.skipIf(process.platform === 'win32')('do not wait for a pipe', async () => {
    execFileSync('mkfifo', [join(root, 'pipe')]);
    await expect(call('files.read', { path: 'pipe' })).rejects.toThrow(/no file/);
  });
});

// requirement: R-TOOL-FILES
describe('a path that leads out', () => {
  it.each(['../../secret.txt', '/etc/passwd', 'a/../../x', '..', 'C:/windows', '..\\..\\secret.txt', 'a/..'])(
    '%s is refused',
    async (path) => {
      await expect(call('files.read', { path })).rejects.toMatchObject({ code: 'PATH_REFUSED' });
      await expect(call('files.write', { path, text: 'x' })).rejects.toMatchObject({ code: 'PATH_REFUSED' });
      await expect(call('files.list', { path })).rejects.toMatchObject({ code: 'PATH_REFUSED' });
    },
  );

  it('is refused with a NUL', async () => {
    const folder = await openConfinedFolder(root);
    await expect(folder.openFile('a\0b')).rejects.toMatchObject({ code: 'PATH_REFUSED' });
  });

  it('is refused through a link, for reading, listing and writing', async () => {
    await symlink(join(base, 'secret.txt'), join(root, 'link'));
    await symlink(base, join(root, 'out'));
    await expect(call('files.read', { path: 'link' })).rejects.toMatchObject({ code: 'PATH_REFUSED' });
    await expect(call('files.read', { path: 'out/secret.txt' })).rejects.toMatchObject({ code: 'PATH_REFUSED' });
    await expect(call('files.list', { path: 'out' })).rejects.toMatchObject({ code: 'PATH_REFUSED' });
    await expect(call('files.write', { path: 'out/new.txt', text: 'x' })).rejects.toMatchObject({
      code: 'PATH_REFUSED',
    });
    expect(await readdir(base)).not.toContain('new.txt');
  });

  it('is not written through a link in the file’s place: the link goes', async () => {
    await symlink(join(base, 'secret.txt'), join(root, 'link'));
    await call('files.write', { path: 'link', text: 'mine' });
    expect(await readFile(join(base, 'secret.txt'), 'utf8')).toBe('secret');
    expect(await call('files.read', { path: 'link' })).toMatchObject({ text: 'mine' });
  });

  it('may go through a link that stays inside', async () => {
    await call('files.write', { path: 'real/a.txt', text: 'here' });
    await symlink('real', join(root, 'alias'));
    expect(await call('files.read', { path: 'alias/a.txt' })).toMatchObject({ text: 'here' });
  });

  it('is never found, whatever it is made of', async () => {
    const folder = await openConfinedFolder(root);
    const part = fc.constantFrom('..', '.', '', '/', 'files', 'default', 'secret.txt', '\\', '\0', 'a', '%2e%2e', '~');
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 8 }), async (parts) => {
        const found = await folder.find(parts.join('/')).catch((error: unknown) => error);
        const isRefused = found instanceof AppError;
        const isInside = !isRefused && `${(found as { absolute: string }).absolute}/`.startsWith(`${root}/`);
        expect(isRefused || isInside).toBe(true);
      }),
    );
  });
});

describe('files.list', () => {
  it('lists a folder by name, without links', async () => {
    await call('files.write', { path: 'b.txt', text: '' });
    await call('files.write', { path: 'a/inner.txt', text: '' });
    await symlink(base, join(root, 'out'));
    expect(await call('files.list', {})).toEqual({
      path: '',
      entries: [
        { path: 'a', kind: 'folder' },
        { path: 'b.txt', kind: 'file' },
      ],
      truncated: false,
    });
    expect(await call('files.list', { path: 'a' })).toMatchObject({ entries: [{ path: 'a/inner.txt', kind: 'file' }] });
    await expect(call('files.list', { path: 'b.txt' })).rejects.toThrow(/no folder/);
  });
});
