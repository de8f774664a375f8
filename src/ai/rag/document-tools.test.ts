import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { runTool } from '../../core/tools/index.ts';
import { systemContext } from '../../kernel/call-context.ts';
import type { ExecutionId, TaskId } from '../../kernel/ids.ts';
import type { JsonObject, JsonValue } from '../../utils/json.ts';
import { packageRoot } from '../../utils/package-root.ts';
import { createDocumentLibrary, type DocumentLibrary } from './document-library.ts';
import { createDocumentTools } from './document-tools.ts';

let folder: string;
let now: number;
let library: DocumentLibrary;
const clock = { now: () => new Date(now) };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pygent-documents-'));
  now = 0;
  library = createDocumentLibrary({ clock });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function put(files: Record<string, string | Uint8Array>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

const progress: JsonObject[] = [];
function call(name: string, input: JsonObject): Promise<JsonValue> {
  return callOver(folder, { name, input });
}

async function callOver(over: string, { name, input }: { name: string; input: JsonObject }): Promise<JsonValue> {
  progress.length = 0;
  return runTool({
    tool: createDocumentTools(library).find((tool) => tool.name === name)!,
    input,
    context: {
      call: systemContext(),
      executionId: 'exec_1' as ExecutionId,
      taskId: 'task_1' as TaskId,
      stepKey: '1',
      idempotencyKey: 'key',
      signal: new AbortController().signal,
      progress: (data) => progress.push(data),
      ...(over === '' ? {} : { documents: { folder: over } }),
    },
  });
}
interface Found {
  results: { citation: string; path: string; score: number; title: string; text: string }[];
}
const search = async (query: string, limit = 5): Promise<Found['results']> =>
  ((await call('documents.search', { query, limit })) as unknown as Found).results;
const paths = async (query: string): Promise<string[]> => (await search(query)).map(({ path }) => path);

describe('documents.search', () => {
  it('answers passages with a citation that says where they stand', async () => {
    await put({
      'guide/run.md': '# Guide\nHello.\n\n## Crash\nA run survives\nkill -9.\n',
      'other.txt': 'Nothing of that.',
    });
    expect(await call('documents.search', { query: 'how does it survive a crash?' })).toEqual({
      query: 'how does it survive a crash?',
      results: [
        {
          citation: 'guide/run.md:4-6',
          path: 'guide/run.md',
          startLine: 4,
          endLine: 6,
          title: 'Guide > Crash',
          score: expect.any(Number),
          text: '## Crash\nA run survives\nkill -9.',
        },
      ],
    });
  });

  it('reads texts only, and nothing hidden, installed or linked', async () => {
    await put({
      'a.md': 'storm',
      'b/c/d.TXT': 'storm',
      'page.html': '<title>Weather</title>\n<p class="calm">storm</p>',
      'code.ts': 'const storm = 1;',
      'photo.png': 'storm',
      'binary.txt': Buffer.from('storm\0'),
      '.hidden/x.md': 'storm',
      '.env.md': 'storm',
      'node_modules/p/readme.md': 'storm',
      'latin.txt': Buffer.from([0x73, 0x74, 0x6f, 0x72, 0x6d, 0x20, 0xe9]),
    });
    await symlink('/etc', join(folder, 'link'));
    await symlink(join(folder, 'a.md'), join(folder, 'alias.md'));
    expect((await paths('storm')).toSorted()).toEqual(['a.md', 'b/c/d.TXT', 'code.ts', 'latin.txt', 'page.html']);
    expect(progress).toEqual([{ skippedDocuments: 1, skipped: [{ path: 'binary.txt', reason: 'it is no text' }] }]);
    expect((await search('storm')).find(({ path }) => path === 'page.html')?.title).toBe('Weather');
    expect(await paths('calm')).toEqual([]);
  });

  it('gives the fitting part of a passage that is one very long line', async () => {
    await put({ 'data.json': `{"a": "${'filler '.repeat(5_000)} storm ${'filler '.repeat(5_000)}"}` });
    const [hit] = await search('storm');
    expect(hit?.text).toContain('storm');
    expect(hit?.text.length).toBeLessThan(2_500);
    expect(hit?.citation).toBe('data.json:1-1');
  });

  it('sees what changes, once the last look is a second old', async () => {
    await put({ 'a.md': 'storm' });
    expect(await paths('storm')).toEqual(['a.md']);
    await put({ 'b.md': 'storm' });
    expect(await paths('storm')).toEqual(['a.md']);
    now += 1_000;
    expect(await paths('storm')).toEqual(['a.md', 'b.md']);
    await writeFile(join(folder, 'a.md'), 'winds');
    await utimes(join(folder, 'a.md'), 5, 5);
    now += 1_000;
    expect(await paths('storm')).toEqual(['b.md']);
    await rm(join(folder, 'b.md'));
    now += 1_000;
    expect(await paths('storm')).toEqual([]);
  });

  it.each([
    { name: 'none', message: /does not exist/ },
    { name: 'file.md', message: /is no folder/ },
  ])('says so where the folder cannot be one: $name', async ({ name, message }) => {
    await put({ 'file.md': 'x' });
    const missing = join(folder, name);
    const answer = callOver(missing, { name: 'documents.search', input: { query: 'x' } });
    await expect(answer).rejects.toMatchObject({
      code: 'DOCUMENTS_NOT_FOUND',
      message: expect.stringContaining(missing),
    });
    await expect(callOver(missing, { name: 'documents.search', input: { query: 'x' } })).rejects.toThrow(message);
  });

  it('says so where there is no folder, or one that is not absolute, and finds one that appears', async () => {
    await expect(callOver('', { name: 'documents.search', input: { query: 'x' } })).rejects.toThrow(
      /documents\.folder/,
    );
    await expect(callOver('docs', { name: 'documents.search', input: { query: 'x' } })).rejects.toThrow(/absolute/);
    const later = join(folder, 'later');
    await expect(callOver(later, { name: 'documents.search', input: { query: 'x' } })).rejects.toMatchObject({
      code: 'DOCUMENTS_NOT_FOUND',
    });
    await put({ 'later/x.md': 'storm' });
    expect(await callOver(later, { name: 'documents.search', input: { query: 'storm' } })).toMatchObject({
      results: [{ path: 'x.md' }],
    });
  });

  it('refuses a folder with more than it may hold', async () => {
    await put({ 'a.md': 'storm', 'b.md': 'storm' });
    const small = { fileBytes: 100, folderBytes: 8, folderFiles: 10 };
    await expect(createDocumentLibrary({ limits: small }).open({ folder })).rejects.toThrow(/more than 8 bytes/);
    const few = { fileBytes: 100, folderBytes: 100, folderFiles: 1 };
    await expect(createDocumentLibrary({ limits: few }).open({ folder })).rejects.toThrow(/more than 1 text files/);
    const tiny = { fileBytes: 2, folderBytes: 100, folderFiles: 10 };
    expect((await createDocumentLibrary({ limits: tiny }).open({ folder })).skipped).toHaveLength(2);
  });

  it('knows the documentation that ships with the package', async () => {
    await mkdir(join(packageRoot(), 'docs'), { recursive: true });
    const documents = await createDocumentLibrary().open({ folder: 'pygent:docs' });
    const own = await createDocumentLibrary().open({ folder: join(packageRoot(), 'docs') });
    expect(documents.paths).toEqual(own.paths);
  });
});

describe('the library', () => {
  it('reads a folder once for all who ask at the same time', async () => {
    await put({ 'a.md': 'storm' });
    const opened = await Promise.all(Array.from({ length: 8 }, () => library.open({ folder })));
    expect(new Set(opened).size).toBe(1);
    now += 1_000;
    const again = await Promise.all([library.open({ folder }), library.open({ folder })]);
    expect(again[0]).toBe(opened[0]);
    expect(again[1]).toBe(opened[0]);
  });

  it('lets the folder go that was not used for longest', async () => {
    await put({ 'one/a.md': 'x'.repeat(60), 'two/a.md': 'x'.repeat(60), 'three/a.md': 'x'.repeat(60) });
    const small = createDocumentLibrary({ clock, memoryBytes: 130 });
    const open = (name: string): Promise<unknown> => small.open({ folder: join(folder, name) });
    const one = await open('one');
    const two = await open('two');
    expect(await open('one')).toBe(one);
    await open('three');
    expect(await open('one')).toBe(one);
    expect(await open('two')).not.toBe(two);
  });
});

describe('documents.read', () => {
  it('answers the lines asked for', async () => {
    await put({ 'a/b.md': 'one\r\ntwo\r\nthree\r\n' });
    expect(await call('documents.read', { path: 'a/b.md', startLine: 2 })).toEqual({
      path: 'a/b.md',
      startLine: 2,
      endLine: 3,
      totalLines: 3,
      text: 'two\nthree',
    });
    expect(await call('documents.read', { path: './a//b.md', startLine: 1, endLine: 1 })).toMatchObject({
      text: 'one',
    });
  });

  // requirement: R-TOOL-DOCUMENTS
  it('gives for a citation exactly the text of the search', async () => {
    await put({ 'a.md': '# A\n\nfirst storm\n\n# B\n\nsecond\nstorm\n' });
    for (const { path, citation, text } of await search('storm')) {
      const [startLine, endLine] = citation
        .slice(path.length + 1)
        .split('-')
        .map(Number);
      expect(await call('documents.read', { path, startLine: startLine!, endLine: endLine! })).toMatchObject({ text });
    }
  });

  it('refuses what lies outside, and names the nearest where there is no such document', async () => {
    await put({ 'guide.md': 'x' });
    for (const path of ['../x.md', '/etc/passwd', 'a/../../x', 'C:\\x', '..']) {
      await expect(call('documents.read', { path })).rejects.toMatchObject({ code: 'PATH_REFUSED' });
    }
    await expect(call('documents.read', { path: 'giude.md' })).rejects.toMatchObject({
      code: 'DOCUMENTS_NOT_FOUND',
      details: { near: ['guide.md'] },
    });
    await expect(call('documents.read', { path: 'guide.md', startLine: 3, endLine: 1 })).rejects.toMatchObject({
      code: 'TOOL_ARGUMENTS_INVALID',
    });
  });
});
