import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';

import type { DocumentsSetting } from '../../core/tools/index.ts';
import { AppError } from '../../kernel/errors.ts';
import { PACKAGE_DOCUMENTS } from './document-library.ts';

/**
 * Whether a folder of documents may be searched: any that exists, or, where roots are named, one
 * inside of them, links resolved.
 * @throws AppError DOCUMENTS_NOT_FOUND, PATH_REFUSED
 */
export async function assertDocumentRoots({ folder }: DocumentsSetting, roots: readonly string[]): Promise<void> {
  if (folder === PACKAGE_DOCUMENTS) return;
  if (!isAbsolute(folder) || folder.includes('\0')) {
    throw new AppError(
      'DOCUMENTS_NOT_FOUND',
      `documents.folder must be an absolute path, not ${JSON.stringify(folder)}`,
      {
        details: { folder },
      },
    );
  }
  const real = await realFolder(folder);
  if (roots.length === 0) return;
  const allowed = await Promise.all(roots.map((root) => realpath(resolve(root)).catch(() => resolve(root))));
  if (allowed.some((root) => isInside(real, root))) return;
  throw new AppError('PATH_REFUSED', `documents.folder: ${folder} lies in none of the folders of DOCUMENT_ROOTS`, {
    details: { folder },
  });
}

async function realFolder(folder: string): Promise<string> {
  try {
    const real = await realpath(folder);
    if ((await stat(real)).isDirectory()) return real;
  } catch (error) {
    throw new AppError('DOCUMENTS_NOT_FOUND', `documents.folder: ${folder} is not there, or cannot be read`, {
      details: { folder },
      cause: error,
    });
  }
  throw new AppError('DOCUMENTS_NOT_FOUND', `documents.folder: ${folder} is no folder`, { details: { folder } });
}

function isInside(path: string, root: string): boolean {
  const way = relative(root, path);
  return way === '' || (!way.startsWith('..') && !isAbsolute(way));
}
