import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { toFolderError } from '../kernel/folder-error.ts';
import { writeDurably } from '../utils/durable-file.ts';
import { errorCode } from '../utils/error-code.ts';

/** Where a running api tells the command line of its address. */
export interface ServerFile {
  readonly url: string;
  readonly pid: number;
}

const pathOf = (dataDir: string): string => join(dataDir, 'server.json');

export async function writeServerFile(dataDir: string, { url, pid }: ServerFile): Promise<void> {
  const path = pathOf(dataDir);
  await writeDurably({
    path,
    // Not by the pid, which in a container is the same at each start: a kill in between would stop all later ones.
    temporaryPath: `${path}.${randomBytes(6).toString('hex')}`,
    content: `${JSON.stringify({ url, pid })}\n`,
  });
}

/** What the last api of the folder left; it may be gone by now. Undefined where there is no file, or no whole one. */
export function readServerFile(dataDir: string): ServerFile | undefined {
  const path = pathOf(dataDir);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(errorCode(error) ?? '')) return undefined;
    throw toFolderError(error, path);
  }
  const [, url = '', pid = ''] = /"url":"([^"]+)","pid":(\d+)/.exec(text) ?? [];
  return URL.canParse(url) ? { url, pid: Number(pid) } : undefined;
}

/** Removes the file, unless another process has written its own meanwhile. */
export function removeServerFile(dataDir: string, pid: number): void {
  if (readServerFile(dataDir)?.pid === pid) rmSync(pathOf(dataDir), { force: true });
}
