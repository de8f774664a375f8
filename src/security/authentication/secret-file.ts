import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { toFolderError } from '../../kernel/folder-error.ts';
import { createDurably, writeDurably } from '../../utils/durable-file.ts';
import { errorCode } from '../../utils/error-code.ts';

/** The trimmed text of a file; undefined where there is none. @throws AppError DATA_FOLDER_UNUSABLE */
export async function readSecretFile(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw toFolderError(error, path);
  }
}

/**
 * Puts a secret into a file for its owner alone (mode 0600) unless one is there, and answers what
 * the file holds then, on disk: of many callers all get the same.
 * @throws AppError DATA_FOLDER_UNUSABLE, STORAGE_FULL
 */
export async function keepSecretFile(
  path: string,
  makeSecret: () => string,
): Promise<{ readonly secret: string; readonly made: boolean }> {
  try {
    const there = await readSecretFile(path);
    if (there !== undefined) return { secret: there, made: false };
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const content = `${makeSecret()}\n`;
    const made = await createDurably({ path, temporaryPath: temporaryPathOf(path), content });
    return { secret: (await readFile(path, 'utf8')).trim(), made };
  } catch (error) {
    throw toFolderError(error, path);
  }
}

/** Puts a secret into a file for its owner alone, in the place of what is there. @throws AppError DATA_FOLDER_UNUSABLE, STORAGE_FULL */
export async function replaceSecretFile(path: string, secret: string): Promise<void> {
  try {
    await writeDurably({ path, temporaryPath: temporaryPathOf(path), content: `${secret}\n` });
  } catch (error) {
    throw toFolderError(error, path);
  }
}

function temporaryPathOf(path: string): string {
  return `${path}.${randomBytes(12).toString('hex')}.tmp`;
}
