import { resolve } from 'node:path';

import { restoreDatabase as restore } from '../roles/maintenance.ts';
import { backupLines } from './backup-lines.ts';
import type { CommandContext } from './command-context.ts';
import { localConfiguration } from './local-configuration.ts';
import { maintenanceLog } from './maintenance-log.ts';

interface Input {
  readonly folder: string;
}

/** pygent db restore */
export async function restoreDatabase(context: CommandContext, { folder }: Input): Promise<void> {
  const path = resolve(context.surroundings.folder, folder);
  const configuration = localConfiguration(context);
  const manifest = await restore({ configuration, log: maintenanceLog(context) }, path);
  const target = configuration.DATABASE_URL === undefined ? configuration.DATA_DIR : 'DATABASE_URL';
  context.present({ folder: path, ...manifest }, () => backupLines(`Restored ${path} into ${target}`, manifest));
}
