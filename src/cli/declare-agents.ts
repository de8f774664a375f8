import type { Command } from 'commander';

import type { Dispatch } from './dispatch.ts';
import { wholeNumber } from './option-values.ts';
import { withPaging } from './paging-options.ts';

/** agents … */
export function declareAgents(program: Command, dispatch: Dispatch): void {
  program.commandsGroup('Define and look:');
  const agents = program
    .command('agents')
    .summary('define agents: list, show, create, update, diff, alias, …')
    .description('Agents: named, versioned definitions.');
  withPaging(agents.command('list').summary('list agents').description('Lists agents by name.'))
    .option('--name <part>', 'part of the name')
    .option('--tag <tag>', 'with this tag')
    .option('--capability <capability>', 'with this capability')
    .option('--text <words>', 'words in the name, the description or the instructions')
    .action(dispatch(async () => (await import('./agents-list.ts')).listAgents));
  agents
    .command('show')
    .summary('show an agent with its definition')
    .argument('<agent>', 'name, name@version or name@alias')
    .option('--yaml', 'the definition only, as a YAML file to edit')
    .action(dispatch(async () => (await import('./agents-show.ts')).showAgent));
  agents
    .command('create')
    .summary('create an agent from a file')
    .argument('<file>', 'definition in YAML or JSON; "-" is stdin')
    .action(dispatch(async () => (await import('./agents-write.ts')).createAgent));
  agents
    .command('update')
    .summary('make a new version of an agent from a file')
    .argument('<file>', 'definition in YAML or JSON; "-" is stdin')
    .option('--if-version <number>', 'only if this is still the newest version', wholeNumber())
    .action(dispatch(async () => (await import('./agents-write.ts')).updateAgent));
  declareChanges(agents, dispatch);
}

function declareChanges(agents: Command, dispatch: Dispatch): void {
  agents
    .command('diff')
    .summary('show what differs between two versions')
    .argument('<agent>', 'name')
    .argument('[from]', 'version or alias; the one before the newest unless given')
    .argument('[to]', 'version or alias; the newest unless given')
    .action(dispatch(async () => (await import('./agents-diff.ts')).diffAgent));
  agents
    .command('alias')
    .summary('point an alias to a version, or remove it')
    .argument('<agent>', 'name')
    .argument('<alias>', 'such as live or canary')
    .argument('[version]', 'version to point to', wholeNumber())
    .option('--remove', 'remove the alias')
    .action(dispatch(async () => (await import('./agents-alias.ts')).aliasAgent));
  agents
    .command('enable')
    .summary('put an agent back into service')
    .argument('<agent>', 'name')
    .action(dispatch(async () => (await import('./agents-state.ts')).enableAgent));
  agents
    .command('disable')
    .summary('take an agent out of service; tasks under way go on')
    .argument('<agent>', 'name')
    .action(dispatch(async () => (await import('./agents-state.ts')).disableAgent));
  agents
    .command('delete')
    .summary('delete an agent; refused while it is in use')
    .argument('<agent>', 'name')
    .option('-y, --yes', 'do not ask')
    .action(dispatch(async () => (await import('./agents-state.ts')).deleteAgent));
}
