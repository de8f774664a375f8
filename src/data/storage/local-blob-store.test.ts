import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { describeBlobStore } from '../../../tests/contract/blob-store.ts';
import { openLocalBlobStore } from './local-blob-store.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'pygent-blobs-'));
});
afterAll(() => rmSync(root, { recursive: true }));

describeBlobStore('the local folder', () => openLocalBlobStore(join(root, 'contract')));

describe('openLocalBlobStore', () => {
  it('lays files out as ab/cdef, readable by their owner alone, and leaves nothing temporary', async () => {
    const folder = join(root, 'layout');
    const store = await openLocalBlobStore(folder);
    const hash = await store.put(Buffer.from('layout'));
    const path = join(folder, hash.slice(0, 2), hash.slice(2));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, 'temporary'))).toEqual([]);
  });

  it('keeps its blobs for the next process, and lists them', async () => {
    const folder = join(root, 'again');
    const first = await openLocalBlobStore(folder);
    const hashes = await Promise.all(['a', 'b', 'c'].map((text) => first.put(Buffer.from(text))));
    const second = await openLocalBlobStore(folder);
    const listed: string[] = [];
    for await (const hash of second.list()) listed.push(hash);
    expect(listed.toSorted()).toEqual(hashes.toSorted());
  });

  it('refuses damaged content, and is mended by the same bytes', async () => {
    const folder = join(root, 'damaged');
    const store = await openLocalBlobStore(folder);
    const hash = await store.put(Buffer.from('a payload'));
    truncateSync(join(folder, hash.slice(0, 2), hash.slice(2)), 3);
    await expect(store.get(hash)).rejects.toMatchObject({ code: 'BLOB_CORRUPT', details: { hash } });
    await store.put(Buffer.from('a payload'));
    expect(Buffer.from(await store.get(hash)).toString()).toBe('a payload');
  });

  it('removes what a dead process left, but not what a living one is writing', async () => {
    const folder = join(root, 'abandoned');
    await openLocalBlobStore(folder);
    for (const name of ['old', 'new']) writeFileSync(join(folder, 'temporary', name), 'x');
    utimesSync(join(folder, 'temporary', 'old'), 0, 0);
    await openLocalBlobStore(folder);
    expect(readdirSync(join(folder, 'temporary'))).toEqual(['new']);
  });

  it('says which folder cannot be used', async () => {
    const file = join(root, 'a-file');
    writeFileSync(file, '');
    await expect(openLocalBlobStore(file)).rejects.toMatchObject({ code: 'DATA_FOLDER_UNUSABLE' });
  });
});
