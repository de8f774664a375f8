import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { assertDocumentRoots } from './document-roots.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pygent-roots-'));
  await writeFile(join(folder, 'a.txt'), 'text');
});
afterAll(() => rm(folder, { recursive: true }));

it('takes a folder that is there, inside of the roots where there are any', async () => {
  await assertDocumentRoots({ folder }, []);
  await assertDocumentRoots({ folder }, [tmpdir()]);
  await assertDocumentRoots({ folder: 'pygent:docs' }, [folder]);
  await expect(assertDocumentRoots({ folder: tmpdir() }, [folder])).rejects.toMatchObject({ code: 'PATH_REFUSED' });
});

it.each([
  ['a file', 'a.txt', /is no folder/],
  ['nothing', 'nothing', /is not there/],
  ['NUL', 'a\0b', /absolute path/],
])('refuses %s before a task begins', async (_, name, message) => {
  const refused = assertDocumentRoots({ folder: join(folder, name) }, []);
  await expect(refused).rejects.toMatchObject({
    code: 'DOCUMENTS_NOT_FOUND',
    message: expect.stringMatching(message),
  });
});
