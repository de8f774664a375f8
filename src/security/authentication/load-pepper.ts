import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { AppError } from '../../kernel/errors.ts';
import { keepSecretFile, readSecretFile } from './secret-file.ts';

const FILE = 'secret-key';
const SECRET_BYTES = 32;
const LEAST_CHARACTERS = 32;

export interface PepperSources {
  /** SECRET_KEY of the configuration. */
  readonly secretKey: string | undefined;
  readonly dataDir: string;
  /** Whether the database holds any key. */
  readonly hasKeys: () => Promise<boolean>;
}

/**
 * The server's secret under which the secrets of keys are hashed: SECRET_KEY, else the text of
 * `secret-key` in the data folder, which is made at the first start. (It is text, so that the file
 * may serve as SECRET_KEY_FILE of other processes.)
 * @throws AppError CONFIGURATION_INVALID where the database has keys and the secret they were made
 *   under is neither set nor in the file, or where the file is damaged; DATA_FOLDER_UNUSABLE, STORAGE_FULL
 */
export async function loadPepper({ secretKey, dataDir, hasKeys }: PepperSources): Promise<KeyObject> {
  if (secretKey !== undefined) return toPepper(secretKey);
  const path = join(dataDir, FILE);
  // Asked first: a process that starts beside this one stores its file before its first key.
  const keysThere = await hasKeys();
  const there = await readSecretFile(path);
  if (there === undefined && keysThere) {
    throw new AppError(
      'CONFIGURATION_INVALID',
      `SECRET_KEY: the database has keys, and neither SECRET_KEY is set nor ${path} there, so that none of them ` +
        'would work: set SECRET_KEY (or SECRET_KEY_FILE) to the secret-key of the process that made them.',
      { details: { field: 'SECRET_KEY' } },
    );
  }
  const { secret } = await keepSecretFile(path, () => randomBytes(SECRET_BYTES).toString('base64url'));
  if (secret.length >= LEAST_CHARACTERS) return toPepper(secret);
  throw new AppError(
    'CONFIGURATION_INVALID',
    `SECRET_KEY: ${path} holds fewer than ${LEAST_CHARACTERS} characters: restore it, or set SECRET_KEY to what it held.`,
    { details: { field: 'SECRET_KEY' } },
  );
}

/** As a key object, which no log and no inspection shows. */
function toPepper(text: string): KeyObject {
  return createSecretKey(Buffer.from(text, 'utf8'));
}
