import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

import { AppError } from '../../kernel/errors.ts';
import { errorMessage } from '../../utils/error-code.ts';
import type { BackupContent } from './backup-manifest.ts';

/** Writes lines to a new file and onto the disk; answers what the manifest says about it. */
export async function writeLines(path: string, batches: AsyncIterable<readonly string[]>): Promise<BackupContent> {
  const digest = createHash('sha256');
  const handle = await open(path, 'wx', 0o600);
  let rows = 0;
  let bytes = 0;
  try {
    for await (const lines of batches) {
      if (lines.length === 0) continue;
      const chunk = Buffer.from(`${lines.join('\n')}\n`);
      digest.update(chunk);
      await handle.writeFile(chunk);
      rows += lines.length;
      bytes += chunk.length;
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { rows, bytes, sha256: digest.digest('hex') };
}

/**
 * Reads a file once to see that it is what the manifest says.
 * @throws AppError BACKUP_INVALID naming the file.
 */
export async function verifyLines(path: string, content: BackupContent): Promise<void> {
  const digest = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) digest.update(chunk as Buffer);
  } catch (error) {
    throw damaged(path, { reason: errorMessage(error), cause: error });
  }
  if (digest.digest('hex') !== content.sha256)
    throw damaged(path, { reason: 'its checksum differs from the manifest’s' });
}

/** The lines of a file. Only LF ends a line (node:readline would split at U+2028 too, which JSON may contain). */
export async function* readLines(path: string): AsyncIterable<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let rest = '';
  for await (const chunk of createReadStream(path)) {
    const lines = (rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

function damaged(path: string, { reason, cause }: { reason: string; cause?: unknown }): AppError {
  return new AppError('BACKUP_INVALID', `${path} is damaged: ${reason}.`, { details: { path }, cause });
}
