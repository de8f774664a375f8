import type { CommandContext } from './command-context.ts';
import { eventLine } from './event-lines.ts';
import { EXIT_CODES, type ExitCode } from './exit-codes.ts';
import { followStream } from './follow-stream.ts';
import { readable } from './readable.ts';

interface Input {
  readonly after?: string;
  readonly stream?: string;
}

/** pygent events tail: until Ctrl-C, which is how it is meant to end. */
export async function tailEvents(context: CommandContext, { after, stream }: Input): Promise<ExitCode> {
  const connection = await context.connect();
  await followStream(context, connection, async (signal) => {
    for await (const event of connection.client.events.tail({ after, stream, signal })) {
      if (context.json) context.dataLine(event);
      else context.print(eventLine(readable(event), context.layout));
    }
  });
  return EXIT_CODES.interrupted.code;
}
