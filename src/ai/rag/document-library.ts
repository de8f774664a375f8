import { isAbsolute, join } from 'node:path';

import type { DocumentsSetting } from '../../core/tools/index.ts';
import { type Clock, systemClock } from '../../kernel/clock.ts';
import { AppError } from '../../kernel/errors.ts';
import { packageRoot } from '../../utils/package-root.ts';
import { DocumentFolder } from './document-folder.ts';
import { DEFAULT_DOCUMENT_LIMITS, type DocumentLimits, type DocumentListing, listDocuments } from './list-documents.ts';

/** The documentation that ships with the factory, as a documents folder. */
export const PACKAGE_DOCUMENTS = 'pygent:docs';

/** Folders of documents, kept in memory as long as there is room, fresh to the second. */
export interface DocumentLibrary {
  /**
   * The folder, read and indexed; what changed on disk more than a second ago is in it.
   * @throws AppError DOCUMENTS_NOT_FOUND
   */
  open(setting: DocumentsSetting | undefined): Promise<DocumentFolder>;
}

export interface DocumentLibraryOptions {
  readonly clock?: Clock;
  readonly limits?: DocumentLimits;
  /** Text kept in memory over all folders, by size on disk; 256 MiB unless given. */
  readonly memoryBytes?: number;
  /** How long a folder is taken for unchanged after a look at it; 1,000 unless given. */
  readonly freshMilliseconds?: number;
}

/**
 * A folder in the library is absent, being read (all who ask wait for that one reading), or ready
 * with the signature of its files and the time they were last looked at. A ready one that was not
 * looked at for a second is listed again, and read again if its signature differs.
 */
interface Shelf {
  folder?: DocumentFolder;
  signature?: string;
  checkedAt: number;
  pending?: Promise<DocumentFolder>;
}

export function createDocumentLibrary(options: DocumentLibraryOptions = {}): DocumentLibrary {
  const { clock = systemClock, limits = DEFAULT_DOCUMENT_LIMITS } = options;
  const { memoryBytes = 256 * 1024 * 1024, freshMilliseconds = 1_000 } = options;
  /** In the order of use: the first is the one to go. */
  const shelves = new Map<string, Shelf>();

  const refresh = async (path: string, shelf: Shelf): Promise<DocumentFolder> => {
    const checkedAt = clock.now().getTime();
    const listing = await listDocuments(path, limits);
    const signature = signatureOf(listing);
    if (shelf.folder === undefined || shelf.signature !== signature) {
      shelf.folder = await DocumentFolder.load(listing);
      shelf.signature = signature;
    }
    shelf.checkedAt = checkedAt;
    return shelf.folder;
  };

  return {
    async open(setting) {
      const path = documentsPath(setting);
      const shelf = shelves.get(path) ?? { checkedAt: Number.NEGATIVE_INFINITY };
      shelves.delete(path);
      shelves.set(path, shelf);
      if (shelf.pending !== undefined) return shelf.pending;
      const age = clock.now().getTime() - shelf.checkedAt;
      if (shelf.folder !== undefined && age >= 0 && age < freshMilliseconds) return shelf.folder;
      shelf.pending = refresh(path, shelf);
      try {
        const folder = await shelf.pending;
        makeRoom(shelves, memoryBytes);
        return folder;
      } catch (error) {
        if (shelves.get(path) === shelf) shelves.delete(path);
        throw error;
      } finally {
        delete shelf.pending;
      }
    },
  };
}

function documentsPath(setting: DocumentsSetting | undefined): string {
  if (setting === undefined) {
    throw new AppError(
      'DOCUMENTS_NOT_FOUND',
      'There are no documents here: set documents.folder of the agent or the task',
    );
  }
  const { folder } = setting;
  if (folder === PACKAGE_DOCUMENTS) return join(packageRoot(), 'docs');
  if (isAbsolute(folder) && !folder.includes('\0')) return folder;
  throw new AppError(
    'DOCUMENTS_NOT_FOUND',
    `documents.folder must be an absolute path, not ${JSON.stringify(folder)}`,
    {
      details: { folder },
    },
  );
}

function signatureOf({ root, documents }: DocumentListing): string {
  const files = documents.map(({ path, size, modifiedMilliseconds }) => `${path}\0${size}\0${modifiedMilliseconds}`);
  return [root, ...files].join('\n');
}

/** Lets the folders go that were not used for longest; the last one used stays, whatever its size. */
function makeRoom(shelves: Map<string, Shelf>, memoryBytes: number): void {
  let bytes = 0;
  for (const { folder } of shelves.values()) bytes += folder?.bytes ?? 0;
  for (const [path, shelf] of shelves) {
    if (bytes <= memoryBytes || shelves.size === 1) return;
    if (shelf.pending !== undefined) continue;
    bytes -= shelf.folder?.bytes ?? 0;
    shelves.delete(path);
  }
}
