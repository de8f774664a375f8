import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

import { AppError } from '../../kernel/errors.ts';
import { writeDurably } from '../../utils/durable-file.ts';
import { errorCode, errorMessage } from '../../utils/error-code.ts';

export const MANIFEST_NAME = 'manifest.json';

const contentSchema = z.strictObject({
  /** Lines, one for each row or blob. */
  rows: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const manifestSchema = z.strictObject({
  format: z.literal(1),
  createdAt: z.iso.datetime(),
  schema: z.strictObject({
    version: z.int().nonnegative(),
    migrations: z.array(z.strictObject({ name: z.string(), checksum: z.string() })),
  }),
  tables: z.record(z.string(), contentSchema),
  /** Last value of each sequence that gave one. */
  sequences: z.record(z.string(), z.string().regex(/^-?\d+$/)),
  blobs: contentSchema,
});

/** What a file of lines in a backup holds. */
export type BackupContent = z.infer<typeof contentSchema>;
/** What a backup holds; written last, so a folder that has it is complete. */
export type BackupManifest = z.infer<typeof manifestSchema>;

/** @throws AppError BACKUP_INVALID where there is none, or none that this version understands. */
export async function readManifest(folder: string): Promise<BackupManifest> {
  const path = join(folder, MANIFEST_NAME);
  try {
    return manifestSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    const reason = errorCode(error) === 'ENOENT' ? 'it is not there: the backup was not finished' : errorMessage(error);
    throw new AppError('BACKUP_INVALID', `${path} cannot be used: ${reason}`, { details: { path }, cause: error });
  }
}

export async function writeManifest(folder: string, manifest: BackupManifest): Promise<void> {
  await writeDurably({
    path: join(folder, MANIFEST_NAME),
    temporaryPath: join(folder, `${MANIFEST_NAME}.${randomBytes(6).toString('hex')}`),
    content: `${JSON.stringify(manifest, undefined, 2)}\n`,
  });
}
