import type { Command } from 'commander';

import type { Dispatch } from './dispatch.ts';
import { keyValue, positiveNumber, repeated, wholeNumber } from './option-values.ts';

/** up, run, chat */
export function declareRun(program: Command, dispatch: Dispatch): void {
  program.commandsGroup('Run:');
  program
    .command('up')
    .summary('start the factory')
    .description('Starts the factory in this folder and runs it until Ctrl-C.')
    .option('--role <role>', 'role to run, repeatable: api, worker, scheduler (all unless given)', repeated)
    .option('--host <address>', 'address to listen on (HOST)')
    .option('--port <port>', 'port to listen on (PORT)', wholeNumber(0))
    .action(dispatch(async () => (await import('./up.ts')).up));
  withTaskOptions(
    program
      .command('run')
      .summary('give an agent a task and watch it work')
      .description(
        'Submits a task and shows its steps as they happen (on stderr) and its answer (on stdout).\n' +
          'Without words, or with "-", the input is read from stdin. Ctrl-C cancels the task, a second one leaves at once.',
      ),
  ).action(dispatch(async () => (await import('./run.ts')).run));
  withLimits(
    program
      .command('chat')
      .summary('talk with an agent over several turns')
      .description(
        'Every line is a turn of one conversation; lines may come from a pipe. /new begins another conversation, /exit or Ctrl-D ends.',
      )
      .argument('<agent>', 'name, name@version or name@alias')
      .option('--documents <folder>', 'folder to search instead of the agent’s own')
      .option('--model <model>', 'model instead of the agent’s own, as provider/model')
      .option('--conversation <id>', 'go on with a conversation'),
  ).action(dispatch(async () => (await import('./chat.ts')).chat));
}

/** What `run` and `tasks submit` take. */
export function withTaskOptions(command: Command): Command {
  return withLimits(
    command
      .argument('<agent>', 'name, name@version or name@alias')
      .argument('[input...]', 'what the agent shall do')
      .option('--documents <folder>', 'folder to search instead of the agent’s own')
      .option('--model <model>', 'model instead of the agent’s own, as provider/model')
      .option('--conversation <id>', 'go on with a conversation'),
  );
}

function withLimits(command: Command): Command {
  return command
    .option('--parameters <name=value>', 'parameter of the reasoning strategy, repeatable', keyValue)
    .option('--max-steps <count>', 'most steps', wholeNumber())
    .option('--max-tokens <count>', 'most tokens, input and output together', wholeNumber())
    .option('--max-seconds <seconds>', 'longest time for the whole task', positiveNumber)
    .option('--step-seconds <seconds>', 'longest time for one step', positiveNumber);
}
