import { constants } from 'node:os';

import type { Maintenance } from '../roles/maintenance.ts';
import type { CommandContext } from './command-context.ts';
import { localConfiguration } from './local-configuration.ts';
import { maintenanceLog } from './maintenance-log.ts';

/**
 * What maintenance of the local factory works with. Told to stop, the process leaves by itself instead of being
 * ended, and so asks a database that it has started to end; transactions under way are rolled back.
 */
export function localMaintenance(context: CommandContext) {
  const { surroundings } = context;
  surroundings.onStop((signal) => surroundings.leave(128 + constants.signals[signal]));
  return { configuration: localConfiguration(context), log: maintenanceLog(context) } satisfies Maintenance;
}
