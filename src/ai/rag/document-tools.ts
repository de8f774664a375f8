import { posix } from 'node:path';

import { z } from 'zod';

import { defineTool, type Tool, type ToolContext } from '../../core/tools/index.ts';
import { AppError } from '../../kernel/errors.ts';
import { nearNames } from '../../utils/near-names.ts';
import type { DocumentFolder } from './document-folder.ts';
import type { DocumentLibrary } from './document-library.ts';

const SHOWN_SKIPPED = 20;

/**
 * `documents.search` and `documents.read` over the folder of the call's context. Search answers
 * {query, results: [{citation, path, startLine, endLine, title, score, text}]}, best first, score
 * 0 to 1; read answers {path, startLine, endLine, totalLines, text}.
 */
export function createDocumentTools(library: DocumentLibrary): readonly Tool[] {
  return [searchTool(library), readTool(library)];
}

function searchTool(library: DocumentLibrary): Tool {
  return defineTool({
    name: 'documents.search',
    description:
      'Searches the documents for passages about a question or some key words. Answers the best passages, each with ' +
      'a citation (file and lines), its title, a score from 0 to 1 and its text. Quote from them and cite them.',
    effect: 'read',
    parameters: z.strictObject({
      query: z.string().min(1).max(10_000).describe('The question or key words to look for'),
      limit: z.int().min(1).max(20).default(5).describe('How many passages at most'),
    }),
    async execute({ query, limit }, context) {
      const folder = await opened(library, context);
      return { query, results: folder.search(query, limit) };
    },
  });
}

function readTool(library: DocumentLibrary): Tool {
  return defineTool({
    name: 'documents.read',
    description:
      'Reads a document, or some of its lines, by the path that documents.search answered. Long documents come in ' +
      'parts: endLine tells how far this one goes, totalLines how long the document is.',
    effect: 'read',
    parameters: z
      .strictObject({
        path: z.string().min(1).max(4_096).describe('Path of the document, relative to the documents folder'),
        startLine: z.int().min(1).optional().describe('First line, counted from 1'),
        endLine: z.int().min(1).optional().describe('Last line, included'),
      })
      .refine(({ startLine = 1, endLine = startLine }) => endLine >= startLine, {
        path: ['endLine'],
        message: 'must not be before startLine',
      }),
    async execute({ path, startLine, endLine }, context) {
      const folder = await opened(library, context);
      const found = folder.read(insidePath(path), { startLine, endLine });
      if (found === undefined) throw noSuchDocument(path, folder);
      return found;
    },
  });
}

async function opened(library: DocumentLibrary, context: ToolContext): Promise<DocumentFolder> {
  const folder = await library.open(context.documents);
  const skipped = folder.skipped.slice(0, SHOWN_SKIPPED).map(({ path, reason }) => ({ path, reason }));
  if (skipped.length > 0) context.progress({ skippedDocuments: folder.skipped.length, skipped });
  return folder;
}

function insidePath(path: string): string {
  const normal = posix.normalize(path.replaceAll('\\', '/'));
  if (posix.isAbsolute(normal) || /^[a-zA-Z]:/.test(normal) || normal === '..' || normal.startsWith('../')) {
    throw new AppError('PATH_REFUSED', `path ${JSON.stringify(path)} leads out of the documents folder`, {
      details: { path },
    });
  }
  return normal;
}

function noSuchDocument(path: string, folder: DocumentFolder): AppError {
  const near = nearNames(path, folder.paths);
  const hint = near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`;
  return new AppError('DOCUMENTS_NOT_FOUND', `There is no document ${JSON.stringify(path)}${hint}`, {
    details: { path, near },
  });
}
