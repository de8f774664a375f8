import type { Command } from 'commander';

import type { Dispatch } from './dispatch.ts';

/** version */
export function declareMaintenance(program: Command, dispatch: Dispatch): void {
  program.commandsGroup('Maintain:');
  program
    .command('version')
    .summary('show the versions of pygent and Node.js')
    .action(dispatch(async () => (await import('./version.ts')).showVersion));
}
