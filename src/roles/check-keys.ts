import { statSync } from 'node:fs';
import { join } from 'node:path';

import type { Configuration } from '../config/index.ts';
import { adminKeyFile } from '../security/authentication/index.ts';
import { errorCode, errorMessage } from '../utils/error-code.ts';
import type { CheckResult } from './check-result.ts';

export interface KeysCheck {
  readonly configuration: Pick<Configuration, 'DATA_DIR' | 'SECRET_KEY'>;
  /** Whether the database holds API keys, as far as that is known. */
  readonly hasKeys: boolean | undefined;
}

/** Whether the server's secret is there, and the files with secrets are for their owner alone. */
export function checkKeys({ configuration, hasKeys }: KeysCheck): CheckResult[] {
  const { DATA_DIR, SECRET_KEY } = configuration;
  const made = hasKeys === true ? undefined : 'made at the first start';
  const secret: CheckResult =
    SECRET_KEY === undefined
      ? checkFile(
          { name: 'secret-key', path: join(DATA_DIR, 'secret-key') },
          made === undefined
            ? {
                status: 'fail',
                detail: 'the database has keys, and the secret they were made under is gone',
                remedy: 'Set SECRET_KEY, or put the file secret-key back from a backup.',
              }
            : { status: 'ok', detail: made },
        )
      : { name: 'secret-key', status: 'ok', detail: 'SECRET_KEY is set' };
  const admin = checkFile(
    { name: 'admin-key', path: adminKeyFile(DATA_DIR) },
    {
      status: 'ok',
      detail: made ?? 'not kept here; give a key by PYGENT_API_KEY, or make one with `pygent keys reset-admin`',
    },
  );
  return [secret, admin];
}

function checkFile(
  { name, path }: { readonly name: string; readonly path: string },
  missing: Omit<CheckResult, 'name'>,
): CheckResult {
  try {
    // Windows keeps no such bits.
    const open = process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0;
    if (!open) return { name, status: 'ok', detail: `${path}, for its owner alone` };
    return { name, status: 'fail', detail: `${path} can be read by others`, remedy: `chmod 600 ${path}` };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { name, ...missing };
    return { name, status: 'fail', detail: `${path}: ${errorMessage(error)}`, remedy: 'Mend its permissions.' };
  }
}
