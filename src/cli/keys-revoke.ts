import type { CommandContext } from './command-context.ts';
import { confirmFirst } from './confirmation.ts';
import type { ExitCode } from './exit-codes.ts';

interface Input {
  readonly id: string;
  readonly yes?: boolean;
}

/** pygent keys revoke */
export async function revokeKey(context: CommandContext, { id, yes }: Input): Promise<ExitCode | undefined> {
  const stop = await confirmFirst(context, { question: `Revoke the key ${id} for good?`, yes });
  if (stop !== undefined) return stop;
  const { client } = await context.connect();
  await client.keys.revoke(id);
  context.present({ id, revoked: true }, () => [`Revoked ${id}.`]);
  return undefined;
}
