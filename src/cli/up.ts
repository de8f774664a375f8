import { runUp } from '../factory/run-up.ts';
import type { CommandContext } from './command-context.ts';
import { localConfiguration } from './local-configuration.ts';

interface Input {
  readonly role?: readonly string[];
  readonly host?: string;
  readonly port?: number;
}

/** pygent up: runs until it is stopped. */
export async function up(context: CommandContext, { role: roles, host, port }: Input) {
  const { surroundings, options } = context;
  const overrides = { HOST: host, PORT: port?.toString() };
  return await runUp({
    configuration: localConfiguration({ surroundings, options, overrides }),
    out: context.json ? context.tell : context.print,
    ...(roles === undefined ? {} : { roles }),
  });
}
