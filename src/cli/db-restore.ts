import { resolve } from 'node:path';

import { restoreDatabase as restore } from '../roles/maintenance.ts';
import { backupLines } from './backup-lines.ts';
import type { CommandContext } from './command-context.ts';
import { localMaintenance } from './local-maintenance.ts';

interface Input {
  readonly folder: string;
}

/** pygent db restore */
export async function restoreDatabase(context: CommandContext, { folder }: Input): Promise<void> {
  const path = resolve(context.surroundings.folder, folder);
  const maintenance = localMaintenance(context);
  const manifest = await restore(maintenance, path);
  const { DATABASE_URL, DATA_DIR } = maintenance.configuration;
  const target = DATABASE_URL === undefined ? DATA_DIR : 'DATABASE_URL';
  context.present({ folder: path, ...manifest }, () => backupLines(`Restored ${path} into ${target}`, manifest));
}
