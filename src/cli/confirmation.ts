import type { CommandContext } from './command-context.ts';
import { EXIT_CODES, type ExitCode } from './exit-codes.ts';

/**
 * Asks before what can't be undone, where a person sits at a terminal and did not say --yes.
 * Answers the exit code to end with, or undefined to go on.
 */
export async function confirmFirst(
  context: CommandContext,
  { question, yes }: { readonly question: string; readonly yes: boolean | undefined },
): Promise<ExitCode | undefined> {
  if (yes === true || !context.interactive) return undefined;
  const { confirm } = await import('@clack/prompts');
  const { stdin, stderr } = context.surroundings;
  const answer = await confirm({
    message: question,
    initialValue: false,
    input: stdin,
    output: stderr,
    withGuide: false,
  });
  if (answer === true) return undefined;
  context.tell('Nothing was changed.');
  return answer === false ? EXIT_CODES.failed.code : EXIT_CODES.interrupted.code;
}
