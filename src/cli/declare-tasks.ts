import { type Command, Option } from 'commander';

import { withTaskOptions } from './declare-run.ts';
import type { Dispatch } from './dispatch.ts';
import { jsonValue } from './option-values.ts';
import { withPaging } from './paging-options.ts';

/** tasks … */
export function declareTasks(program: Command, dispatch: Dispatch): void {
  const tasks = program
    .command('tasks')
    .summary('tasks: list, show, submit, events, cancel, resolve')
    .description('Tasks: requests to agents.');
  withPaging(tasks.command('list').summary('list tasks, newest first'))
    .option('--agent <name>', 'of this agent')
    .option('--state <state>', 'in this state, such as working, input-required or failed')
    .option('--conversation <id>', 'of this conversation')
    .action(dispatch(async () => (await import('./tasks-list.ts')).listTasks));
  tasks
    .command('show')
    .summary('show a task, its answer and what it waits for')
    .argument('<task>', 'id')
    .action(dispatch(async () => (await import('./tasks-show.ts')).showTask));
  withTaskOptions(
    tasks
      .command('submit')
      .summary('submit a task without waiting for it')
      .description('Submits a task and answers its id. Without words, or with "-", the input is read from stdin.'),
  ).action(dispatch(async () => (await import('./tasks-submit.ts')).submitTask));
  tasks
    .command('events')
    .summary('follow the events of a task to its end')
    .argument('<task>', 'id')
    .option('--after <position>', 'only what comes behind this position')
    .action(dispatch(async () => (await import('./tasks-events.ts')).followEvents));
  tasks
    .command('cancel')
    .summary('cancel a task; running calls are aborted')
    .argument('<task>', 'id')
    .option('--reason <text>', 'why')
    .action(dispatch(async () => (await import('./tasks-cancel.ts')).cancelTask));
  tasks
    .command('resolve')
    .summary('decide what a task waits for')
    .description(
      'Decides what a task waits for. An approval takes approve or reject; an unknown outcome takes done (with the ' +
        'result the tool would have given), retry (it did not happen) or fail.',
    )
    .argument('<task>', 'id')
    .addOption(
      new Option('--decision <decision>', 'the decision')
        .choices(['done', 'retry', 'fail', 'approve', 'reject'])
        .makeOptionMandatory(),
    )
    .option('--step <key>', 'step that waits; needed where several do')
    .option('--result <json>', 'for done: what the tool would have answered', jsonValue)
    .option('--comment <text>', 'for the record')
    .action(dispatch(async () => (await import('./tasks-resolve.ts')).resolveTask));
}
