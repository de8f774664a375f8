import { join, resolve } from 'node:path';

import { backUpDatabase as backUp } from '../roles/maintenance.ts';
import { backupLines } from './backup-lines.ts';
import type { CommandContext } from './command-context.ts';
import { localMaintenance } from './local-maintenance.ts';

interface Input {
  readonly folder: string;
}

/** pygent db backup */
export async function backUpDatabase(context: CommandContext, { folder }: Input): Promise<void> {
  const path = resolve(context.surroundings.folder, folder);
  const maintenance = localMaintenance(context);
  const manifest = await backUp(maintenance, path);
  context.present({ folder: path, ...manifest }, () => backupLines(`Backed up to ${path}`, manifest));
  if (context.json || maintenance.configuration.SECRET_KEY !== undefined) return;
  // Beside each other the two would be all that is needed to make keys of one's own.
  const secret = join(maintenance.configuration.DATA_DIR, 'secret-key');
  context.tell(context.noticeStyle.dim(`API keys work after a restore only with ${secret}: keep it, elsewhere.`));
}
