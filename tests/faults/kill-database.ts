import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Ends the embedded PostgreSQL of a data folder with SIGKILL; its other processes end as they find out. */
export function killDatabase(dataDir: string): void {
  const postgres = join(dataDir, 'postgres');
  const major = readdirSync(postgres).find((name) => /^\d+$/.test(name));
  if (major === undefined) throw new Error(`no embedded database lies in ${dataDir}`);
  const [pid] = readFileSync(join(postgres, major, 'data', 'postmaster.pid'), 'utf8').split('\n');
  process.kill(Number(pid), 'SIGKILL');
}
