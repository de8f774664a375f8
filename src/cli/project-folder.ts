import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

const MARKS = ['pygent.config.json', 'pygent.config.yaml', 'pygent.config.yml', '.pygent'];

/**
 * The folder a factory belongs to: the nearest one upwards, this one included, that holds a
 * configuration file or a data folder; else this one. Above the current folder only what belongs
 * to the same user counts, since a file that somebody planted there could name any server.
 */
export function findProjectFolder(folder: string): string {
  for (let current = folder; ; current = dirname(current)) {
    const mark = MARKS.map((name) => join(current, name)).find((path) => existsSync(path));
    if (mark !== undefined && (current === folder || isOurs(mark))) return current;
    if (dirname(current) === current) return folder;
  }
}

function isOurs(path: string): boolean {
  const uid = process.getuid?.();
  return uid === undefined || statSync(path).uid === uid;
}
