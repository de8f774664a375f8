import { migrateDatabase as migrate } from '../roles/maintenance.ts';
import type { CommandContext } from './command-context.ts';
import { localConfiguration } from './local-configuration.ts';
import { maintenanceLog } from './maintenance-log.ts';

/** pygent db migrate */
export async function migrateDatabase(context: CommandContext): Promise<void> {
  const report = await migrate({ configuration: localConfiguration(context), log: maintenanceLog(context) });
  context.present(report, ({ version, applied }) => [
    ...applied.map((name) => `Applied ${name}.`),
    applied.length === 0 ? `The schema is at version ${version} already.` : `The schema is at version ${version}.`,
  ]);
}
