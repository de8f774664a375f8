import type { Command } from 'commander';

import type { Dispatch } from './dispatch.ts';

/** db …, doctor, version */
export function declareMaintenance(program: Command, dispatch: Dispatch): void {
  program.commandsGroup('Maintain:');
  const db = program
    .command('db')
    .summary('the database: migrate, rebuild, backup, restore')
    .description('Maintenance of the database, without the API.');
  db.command('migrate')
    .summary('bring the schema up to date')
    .action(dispatch(async () => (await import('./db-migrate.ts')).migrateDatabase));
  db.command('rebuild')
    .summary('make the read models anew from the log')
    .action(dispatch(async () => (await import('./db-rebuild.ts')).rebuildDatabase));
  db.command('backup')
    .summary('write everything into a folder, also while the factory runs')
    .argument('<folder>', 'new or empty')
    .action(dispatch(async () => (await import('./db-backup.ts')).backUpDatabase));
  db.command('restore')
    .summary('load a backup into an empty database')
    .argument('<folder>', 'what `db backup` wrote')
    .action(dispatch(async () => (await import('./db-restore.ts')).restoreDatabase));
  program
    .command('doctor')
    .summary('check everything the factory needs, and say how to mend it')
    .option('--offline', 'do not try to reach model providers')
    .action(dispatch(async () => (await import('./doctor.ts')).doctor));
  program
    .command('version')
    .summary('show the versions of pygent and Node.js')
    .action(dispatch(async () => (await import('./version.ts')).showVersion));
}
