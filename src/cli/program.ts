import { type Argument, Command, type HelpConfiguration, Option } from 'commander';

import { declareAgents } from './declare-agents.ts';
import { declareExecutions } from './declare-executions.ts';
import { declareMaintenance } from './declare-maintenance.ts';
import { declareRun } from './declare-run.ts';
import { declareSystem } from './declare-system.ts';
import { declareTasks } from './declare-tasks.ts';
import type { Dispatch } from './dispatch.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { packageVersion } from '../utils/package-root.ts';
import type { Surroundings } from './surroundings.ts';
import { styleOf } from './style.ts';

/**
 * Every command with its arguments and options; what they do is loaded by `dispatch` when they run.
 * Wrong usage throws CommanderError after it was told on stderr.
 */
export function createProgram(
  surroundings: Pick<Surroundings, 'stdout' | 'stderr' | 'environment'>,
  dispatch: Dispatch,
): Command {
  const { stdout, stderr } = surroundings;
  const program = new Command('pygent')
    .description('A self-hosted factory for AI agents: define, run, watch and prove them.')
    .usage('<command>')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      getOutHelpWidth: () => stdout.columns ?? 80,
      getErrHelpWidth: () => stderr.columns ?? 80,
      outputError: (text, write) =>
        write(styleOf(stderr, surroundings.environment).red('error:') + text.replace(/^error:/, '')),
    })
    .configureHelp(helpStyle(surroundings))
    .version(packageVersion(), '-v, --version', 'show the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .addOption(new Option('--json', 'answer with JSON on stdout'))
    .addOption(new Option('--url <address>', 'address of the factory (PYGENT_URL)'))
    .addOption(new Option('--key <key>', 'API key (PYGENT_API_KEY, PYGENT_API_KEY_FILE)'))
    .addOption(new Option('--data-dir <folder>', 'data folder of the factory (DATA_DIR)'))
    .addHelpText('after', () => `\n${exitCodeHelp()}`);
  declareRun(program, dispatch);
  declareAgents(program, dispatch);
  declareTasks(program, dispatch);
  declareExecutions(program, dispatch);
  declareSystem(program, dispatch);
  declareMaintenance(program, dispatch);
  return program;
}

function helpStyle({ stdout, environment }: Pick<Surroundings, 'stdout' | 'environment'>): HelpConfiguration {
  const style = styleOf(stdout, environment);
  return {
    showGlobalOptions: true,
    styleTitle: style.bold,
    // Without the help commands that every group would list.
    visibleCommands: (command) => [...command.commands],
    // Every command has options; to say so at each hides what they are for.
    subcommandTerm: (command) => [command.name(), ...command.registeredArguments.map(argumentTerm)].join(' '),
  };
}

function exitCodeHelp(): string {
  const lines = Object.values(EXIT_CODES).map(({ code, meaning }) => `  ${String(code).padEnd(5)} ${meaning}`);
  return ['Exit codes:', ...lines].join('\n');
}

function argumentTerm(argument: Argument): string {
  const name = argument.name() + (argument.variadic ? '…' : '');
  return argument.required ? `<${name}>` : `[${name}]`;
}
