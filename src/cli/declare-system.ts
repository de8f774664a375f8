import { type Command, Option } from 'commander';

import type { Dispatch } from './dispatch.ts';
import { repeated } from './option-values.ts';
import { withPaging } from './paging-options.ts';

/** usage, keys …, tools …, models … */
export function declareSystem(program: Command, dispatch: Dispatch): void {
  program
    .command('usage')
    .summary('model calls, tokens, cost and executions, summed up')
    .description('Model calls, tokens, cost and executions of the last 30 days, or of others. Days are those of UTC.')
    .option('--agent <name>', 'only of this agent')
    .option('--from <day>', 'first day, such as 2026-01-31 (29 days before the last one unless given)')
    .option('--to <day>', 'last day (today unless given)')
    .addOption(
      new Option('--by <what>', 'one line for each').choices(['day', 'agent', 'version', 'model']).default('day'),
    )
    .action(dispatch(async () => (await import('./usage.ts')).showUsage));
  program
    .command('tools')
    .summary('tools: list')
    .description('Tools that agents may be given.')
    .command('list')
    .summary('list tools')
    .action(dispatch(async () => (await import('./tools-list.ts')).listTools));
  program
    .command('models')
    .summary('models: list')
    .description('Model providers.')
    .command('list')
    .summary('list model providers, which are configured and why')
    .action(dispatch(async () => (await import('./models-list.ts')).listModels));
  const keys = program.command('keys').summary('API keys: create, list, revoke, reset-admin').description('API keys.');
  keys
    .command('create')
    .summary('make a key; its secret is told this once')
    .argument('<name>', 'what the key is for')
    .addOption(
      new Option('--role <role>', 'what it may do')
        .choices(['admin', 'developer', 'operator', 'viewer'])
        .default('developer'),
    )
    .option('--scope <action>', 'narrow it to an action such as tasks:read, repeatable', repeated)
    .option('--expires <when>', 'a time, or a span such as 12h, 30d, 1y')
    .action(dispatch(async () => (await import('./keys-create.ts')).createKey));
  withPaging(keys.command('list').summary('list keys, newest first')).action(
    dispatch(async () => (await import('./keys-list.ts')).listKeys),
  );
  keys
    .command('revoke')
    .summary('revoke a key, at once and for good')
    .argument('<id>', 'of the key')
    .option('-y, --yes', 'do not ask')
    .action(dispatch(async () => (await import('./keys-revoke.ts')).revokeKey));
  keys
    .command('reset-admin')
    .summary('make a new admin key where the old one is lost, without the API')
    .description(
      'Makes an admin key in the database itself and keeps it in `admin-key` of the data folder. Run it on the machine of the factory, which may go on running.',
    )
    .action(dispatch(async () => (await import('./keys-reset-admin.ts')).resetAdminKey));
}
