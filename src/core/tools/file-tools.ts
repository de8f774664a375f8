import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

import { AppError } from '../../kernel/errors.ts';
import type { TenantId } from '../../kernel/ids.ts';
import { linesOf, TextLines } from '../../utils/text-lines.ts';
import { type ConfinedFolder, openConfinedFolder } from './confined-folder.ts';
import { defineTool } from './define-tool.ts';
import type { Tool, ToolContext } from './tool.ts';

const READ_BYTES = 16 * 1024 * 1024;
const READ_CHARACTERS = 48_000;
const WRITE_CHARACTERS = 1024 * 1024;
const LISTED_ENTRIES = 1_000;

const path = z.string().max(4_096).describe('Path relative to the folder, with / between folders');

/**
 * `files.read`, `files.list` and `files.write`, confined to a folder of its own for each tenant
 * inside `folder`, made when first used.
 */
export function createFileTools({ folder }: { readonly folder: string }): readonly Tool[] {
  const confined = (context: ToolContext): Promise<ConfinedFolder> =>
    openConfinedFolder(join(folder, tenantFolder(context.call.tenantId)));
  return [readTool(confined), listTool(confined), writeTool(confined)];
}

type FolderOf = (context: ToolContext) => Promise<ConfinedFolder>;

function readTool(folderOf: FolderOf): Tool {
  return defineTool({
    name: 'files.read',
    description:
      'Reads a text file of the working folder, or some of its lines. Long files come in parts: endLine tells how far ' +
      'this one goes, totalLines how long the file is.',
    effect: 'read',
    parameters: z
      .strictObject({
        path: path.min(1),
        startLine: z.int().min(1).optional().describe('First line, counted from 1'),
        endLine: z.int().min(1).optional().describe('Last line, included'),
      })
      .refine(({ startLine = 1, endLine = startLine }) => endLine >= startLine, {
        path: ['endLine'],
        message: 'must not be before startLine',
      }),
    async execute(input, context) {
      const folder = await folderOf(context);
      const lines = linesOf(await readBounded(folder, input.path));
      if (lines === undefined) throw new AppError('TOOL_FAILED', `path ${JSON.stringify(input.path)} is no text file`);
      const { startLine, endLine } = input;
      const range = new TextLines(lines).range({ startLine, endLine, limitCharacters: READ_CHARACTERS });
      return { path: input.path, ...range };
    },
  });
}

async function readBounded(folder: ConfinedFolder, filePath: string): Promise<Uint8Array> {
  const file = await folder.openFile(filePath);
  try {
    const { size } = await file.stat();
    if (size <= READ_BYTES) return await file.readFile();
    const message = `path ${JSON.stringify(filePath)} has ${size} bytes; files.read takes at most ${READ_BYTES}`;
    throw new AppError('TOOL_OUTPUT_TOO_LARGE', message, { details: { size, limitBytes: READ_BYTES } });
  } finally {
    await file.close();
  }
}

function listTool(folderOf: FolderOf): Tool {
  return defineTool({
    name: 'files.list',
    description: `Lists the files and folders in a folder of the working folder, at most ${LISTED_ENTRIES}, by name.`,
    effect: 'read',
    parameters: z.strictObject({
      path: path.default('').describe('The folder; the whole working folder unless given'),
    }),
    async execute(input, context) {
      const folder = await folderOf(context);
      const found = await folder.find(input.path);
      const entries = await readFolder(found.absolute, input.path);
      const prefix = found.path === '' ? '' : `${found.path}/`;
      return {
        path: found.path,
        entries: entries
          .slice(0, LISTED_ENTRIES)
          .map((entry) => ({ path: prefix + entry.name, kind: entry.isDirectory() ? 'folder' : 'file' })),
        truncated: entries.length > LISTED_ENTRIES,
      };
    },
  });
}

async function readFolder(absolute: string, asked: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(absolute, { withFileTypes: true });
    // Links are left out: where they lead is not known before they are opened.
    const shown = entries.filter((entry) => entry.isDirectory() || entry.isFile());
    return shown.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  } catch (error) {
    const reason =
      error instanceof Error && 'code' in error && error.code === 'ENOTDIR' ? 'it is no folder' : undefined;
    const message = `path ${JSON.stringify(asked)} cannot be listed: ${reason ?? String(error)}`;
    throw new AppError('TOOL_FAILED', message, { cause: error });
  }
}

function writeTool(folderOf: FolderOf): Tool {
  return defineTool({
    name: 'files.write',
    description: 'Writes a text file in the working folder, in place of one that is there; makes the folders above it.',
    effect: 'idempotent',
    parameters: z.strictObject({
      path: path.min(1),
      text: z.string().max(WRITE_CHARACTERS).describe('The whole content of the file'),
    }),
    async execute(input, context) {
      const content = Buffer.from(input.text);
      const folder = await folderOf(context);
      const written = await folder.replaceFile(input.path, content);
      return { path: written.path, bytes: content.length };
    },
  });
}

/** The tenant's id as one folder name, whatever is in it: letters, digits, - and _ as they are, the rest escaped. */
function tenantFolder(tenantId: TenantId): string {
  return tenantId.replaceAll(/[^\w-]/g, (character) => `%${character.charCodeAt(0).toString(16)}`) || '%';
}
