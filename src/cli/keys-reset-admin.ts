import { resetAdminKey as reset } from '../roles/reset-admin-key.ts';
import type { CommandContext } from './command-context.ts';
import { localConfiguration } from './local-configuration.ts';
import { maintenanceLog } from './maintenance-log.ts';

/** pygent keys reset-admin: without the API, for one who owns the machine and has no key any more. */
export async function resetAdminKey(context: CommandContext): Promise<void> {
  const { file } = await reset({ configuration: localConfiguration(context), log: maintenanceLog(context) });
  context.present({ file }, () => [`A new admin key is in ${file}.`]);
  if (context.json) return;
  context.tell(context.noticeStyle.dim('Other keys work as before: end the lost one with `pygent keys revoke <id>`.'));
}
