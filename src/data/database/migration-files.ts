import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { AppError } from '../../kernel/errors.ts';
import { contentHash } from '../../utils/content-hash.ts';
import { packageRoot } from '../../utils/package-root.ts';

const FILE_NAME = /^(\d{4})_[a-z0-9_]+\.sql$/;

/** One step of the schema: a file `NNNN_name.sql`. */
export interface Migration {
  readonly version: number;
  /** The file's name. */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the text with LF line ends, so that a checkout with CRLF is the same file. */
  readonly checksum: string;
}

/**
 * The migrations of a folder (the package's own unless given), in their order.
 * @throws AppError MIGRATION_FAILED naming the file where names are malformed, doubled or have a gap.
 */
export function readMigrations(folder: string = join(packageRoot(), 'migrations')): readonly Migration[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.sql'));
  return names.toSorted().map((name, index) => {
    const version = Number(FILE_NAME.exec(name)?.[1]);
    if (version !== index + 1) {
      throw new AppError(
        'MIGRATION_FAILED',
        `${name}: migrations are named NNNN_name.sql and numbered without a gap; number ${index + 1} was expected.`,
        { details: { migration: name } },
      );
    }
    const sql = readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n');
    return { version, name, sql, checksum: contentHash(sql) };
  });
}
