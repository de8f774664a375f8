import { migrateDatabase as migrate } from '../roles/maintenance.ts';
import type { CommandContext } from './command-context.ts';
import { localMaintenance } from './local-maintenance.ts';

/** pygent db migrate */
export async function migrateDatabase(context: CommandContext): Promise<void> {
  const report = await migrate(localMaintenance(context));
  context.present(report, ({ version, applied }) => [
    ...applied.map((name) => `Applied ${name}.`),
    applied.length === 0 ? `The schema is at version ${version} already.` : `The schema is at version ${version}.`,
  ]);
}
