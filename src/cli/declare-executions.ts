import type { Command } from 'commander';

import type { Dispatch } from './dispatch.ts';
import { withPaging } from './paging-options.ts';

/** executions …, events … */
export function declareExecutions(program: Command, dispatch: Dispatch): void {
  const executions = program
    .command('executions')
    .summary('executions: list, show, events, replay, fork, cancel')
    .description('Executions: attempts at a task, step by step.');
  withPaging(executions.command('list').summary('list executions, newest first'))
    .option('--agent <name>', 'of this agent')
    .option('--task <id>', 'of this task')
    .option('--status <status>', 'running, suspended, completed, failed or canceled')
    .action(dispatch(async () => (await import('./executions-list.ts')).listExecutions));
  executions
    .command('show')
    .summary('show the timeline: every step, its input, output, tokens, cost and time')
    .argument('<execution>', 'id')
    .option('--full', 'inputs and outputs whole')
    .action(dispatch(async () => (await import('./executions-show.ts')).showExecution));
  withPaging(
    executions.command('events').summary('list the events of an execution').argument('<execution>', 'id'),
  ).action(dispatch(async () => (await import('./executions-events.ts')).listExecutionEvents));
  executions
    .command('replay')
    .summary('fold the log again and compare; calls no model and no tool')
    .argument('<execution>', 'id')
    .action(dispatch(async () => (await import('./executions-replay.ts')).replayExecution));
  executions
    .command('fork')
    .summary('run an execution anew from one of its steps on')
    .description('A new execution of the same task: finished steps before the cut come from the journal.')
    .argument('<execution>', 'id')
    .requiredOption('--at <step>', 'first step to run anew')
    .option('--input <text>', 'another input for the task')
    .option('--agent <name@version>', 'another agent or version to go on with')
    .action(dispatch(async () => (await import('./executions-fork.ts')).forkExecution));
  executions
    .command('cancel')
    .summary('cancel a fork; running calls are aborted')
    .description('Cancels a fork. The execution that decides the state of a task is canceled with `tasks cancel`.')
    .argument('<execution>', 'id')
    .option('--reason <text>', 'why')
    .action(dispatch(async () => (await import('./executions-cancel.ts')).cancelExecution));
  program
    .command('events')
    .summary('events: tail')
    .description('The log of everything that happened.')
    .command('tail')
    .summary('follow the log as it grows')
    .description('Follows the log until Ctrl-C; from now on unless --after is given.')
    .option('--after <position>', 'begin behind this position; 0 is the whole log')
    .option('--stream <stream>', 'only this stream, such as execution-<id>')
    .action(dispatch(async () => (await import('./events-tail.ts')).tailEvents));
}
