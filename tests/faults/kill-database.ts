import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { errorCode } from '../../src/utils/error-code.ts';

/** Ends the embedded PostgreSQL of a data folder with SIGKILL, if one runs; its other processes end as they find out. */
export function killDatabase(dataDir: string): void {
  const postgres = join(dataDir, 'postgres');
  try {
    const major = readdirSync(postgres).find((name) => /^\d+$/.test(name)) ?? '';
    const [pid = ''] = readFileSync(join(postgres, major, 'data', 'postmaster.pid'), 'utf8').split('\n');
    // The file may have outlived its server.
    if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(postgres)) process.kill(Number(pid), 'SIGKILL');
  } catch (error) {
    if (!['ENOENT', 'ESRCH'].includes(errorCode(error) ?? '')) throw error;
  }
}
