import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { AppError } from '../../kernel/errors.ts';
import { documentForm } from './document-form.ts';

export interface ListedDocument {
  /** Relative to the folder, with slashes. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly modifiedMilliseconds: number;
}

/** A file that was not taken, and why. */
export interface SkippedDocument {
  readonly path: string;
  readonly reason: string;
}

export interface DocumentListing {
  /** The folder itself, links resolved. */
  readonly root: string;
  /** By path, in the order of its UTF-16 code units. */
  readonly documents: readonly ListedDocument[];
  readonly skipped: readonly SkippedDocument[];
}

export interface DocumentLimits {
  /** A larger file is skipped. */
  readonly fileBytes: number;
  /** A folder with more text is refused, and one with more files. */
  readonly folderBytes: number;
  readonly folderFiles: number;
}

export const DEFAULT_DOCUMENT_LIMITS: DocumentLimits = {
  fileBytes: 4 * 1024 * 1024,
  folderBytes: 128 * 1024 * 1024,
  folderFiles: 50_000,
};

/** Folder entries looked at in all, before a folder is taken for one that nobody meant (such as /). */
const ENTRY_LIMIT = 500_000;
const PARALLEL_STATS = 32;
const IGNORED_FOLDERS: ReadonlySet<string> = new Set(['node_modules', '__pycache__']);

/**
 * The text files in a folder and its subfolders, without dot files, dot folders, node_modules and
 * symbolic links (so nothing outside the folder is ever read).
 * @throws AppError DOCUMENTS_NOT_FOUND where the folder is missing, no folder, unreadable or too large
 */
export async function listDocuments(folder: string, limits = DEFAULT_DOCUMENT_LIMITS): Promise<DocumentListing> {
  const root = await realFolder(folder);
  const paths: string[] = [];
  const skipped: SkippedDocument[] = [];
  let entries = 0;
  const open = [''];
  for (let inner = open.pop(); inner !== undefined; inner = open.pop()) {
    for (const entry of await entriesOf({ root, folder: inner, skipped })) {
      entries += 1;
      if (entries > ENTRY_LIMIT) throw tooLarge(folder, `${ENTRY_LIMIT} entries`);
      const path = inner === '' ? entry.name : `${inner}/${entry.name}`;
      if (isFolderToEnter(entry)) open.push(path);
      else if (isDocument(entry)) paths.push(path);
    }
    if (paths.length > limits.folderFiles) throw tooLarge(folder, `${limits.folderFiles} text files`);
  }
  paths.sort();
  const documents = await measured({ root, paths, limits, skipped });
  const bytes = documents.reduce((sum, { size }) => sum + size, 0);
  if (bytes > limits.folderBytes) throw tooLarge(folder, `${limits.folderBytes} bytes of text`);
  return { root, documents, skipped };
}

async function realFolder(folder: string): Promise<string> {
  try {
    const root = await realpath(folder);
    if ((await stat(root)).isDirectory()) return root;
  } catch (error) {
    throw new AppError('DOCUMENTS_NOT_FOUND', `The documents folder ${folder} cannot be read: ${reasonOf(error)}`, {
      details: { folder },
      cause: error,
    });
  }
  throw new AppError('DOCUMENTS_NOT_FOUND', `${folder} is no folder; name the folder that holds the documents`, {
    details: { folder },
  });
}

interface FolderRead {
  readonly root: string;
  readonly folder: string;
  readonly skipped: SkippedDocument[];
}

async function entriesOf({ root, folder, skipped }: FolderRead): Promise<Dirent[]> {
  try {
    return await readdir(join(root, folder), { withFileTypes: true });
  } catch (error) {
    if (folder !== '') {
      skipped.push({ path: folder, reason: reasonOf(error) });
      return [];
    }
    throw new AppError('DOCUMENTS_NOT_FOUND', `The documents folder ${root} cannot be read: ${reasonOf(error)}`, {
      details: { folder: root },
      cause: error,
    });
  }
}

function isFolderToEnter(entry: Dirent): boolean {
  return entry.isDirectory() && !entry.name.startsWith('.') && !IGNORED_FOLDERS.has(entry.name);
}

function isDocument(entry: Dirent): boolean {
  return entry.isFile() && !entry.name.startsWith('.') && documentForm(entry.name) !== undefined;
}

interface Measure {
  readonly root: string;
  readonly paths: readonly string[];
  readonly limits: DocumentLimits;
  readonly skipped: SkippedDocument[];
}

async function measured({ root, paths, limits, skipped }: Measure): Promise<ListedDocument[]> {
  const documents: ListedDocument[] = [];
  const measure = async (path: string): Promise<ListedDocument | undefined> => {
    try {
      const { size, mtimeMs, ctimeMs } = await stat(join(root, path));
      if (size <= limits.fileBytes) return { path, size, modifiedMilliseconds: Math.max(mtimeMs, ctimeMs) };
      skipped.push({ path, reason: `larger than ${limits.fileBytes} bytes` });
    } catch (error) {
      skipped.push({ path, reason: reasonOf(error) });
    }
    return undefined;
  };
  for (let from = 0; from < paths.length; from += PARALLEL_STATS) {
    const batch = await Promise.all(paths.slice(from, from + PARALLEL_STATS).map(measure));
    for (const document of batch) if (document !== undefined) documents.push(document);
  }
  return documents;
}

function tooLarge(folder: string, limit: string): AppError {
  const message = `The documents folder ${folder} holds more than ${limit}; name a smaller folder`;
  return new AppError('DOCUMENTS_NOT_FOUND', message, { details: { folder } });
}

/** What the file system said, in a word or two. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  switch (code) {
    case 'ENOENT':
      return 'it does not exist';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'ENOTDIR':
      return 'part of its path is no folder';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
