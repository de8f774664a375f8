import type { CommandContext } from './command-context.ts';
import { inputText } from './input-text.ts';
import { taskRequest, type TaskOptions } from './task-request.ts';

/** pygent tasks submit */
export async function submitTask(
  context: CommandContext,
  input: TaskOptions & { readonly input: readonly string[] },
): Promise<void> {
  const text = await inputText(context.surroundings, input.input);
  const { client } = await context.connect();
  const task = await client.tasks.submit(taskRequest(context.surroundings, { ...input, input: text }));
  context.present(task, ({ id }) => [id]);
  if (!context.json) context.tell(context.noticeStyle.dim(`Follow it with \`pygent tasks events ${task.id}\`.`));
}
