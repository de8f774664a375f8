import type { CommandContext } from './command-context.ts';
import type { ExitCode } from './exit-codes.ts';
import { inputText } from './input-text.ts';
import { runTask } from './run-task.ts';
import { taskRequest, type TaskOptions } from './task-request.ts';

/** pygent run: with --json one document, the task with its execution under `execution`. */
export async function run(
  context: CommandContext,
  input: TaskOptions & { readonly input: readonly string[] },
): Promise<ExitCode> {
  const text = await inputText(context.surroundings, input.input);
  const connection = await context.connect();
  const request = taskRequest(context.surroundings, { ...input, input: text });
  const { task, execution, exitCode } = await runTask({ context, connection, request });
  if (context.json) context.data({ ...task, ...(execution === undefined ? {} : { execution }) });
  return exitCode;
}
