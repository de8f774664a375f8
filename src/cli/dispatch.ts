import type { Command } from 'commander';

import { type CommandFunction, createCommandContext } from './command-context.ts';
import type { GlobalOptions } from './global-options.ts';
import type { Surroundings } from './surroundings.ts';

/** Turns what loads a command into an action of commander; a command's code is loaded when it runs. */
export type Dispatch = (load: () => Promise<CommandFunction>) => (this: Command) => Promise<void>;

/** Runs commands in their surroundings, and hands their exit codes on. */
export function createDispatch(surroundings: Surroundings, onDone: (code: number) => void): Dispatch {
  return (load) =>
    async function run(this: Command) {
      const options: GlobalOptions = this.optsWithGlobals();
      const context = createCommandContext(surroundings, options);
      const command = (await load()) as CommandFunction<Readonly<Record<string, unknown>>>;
      const code = await command(context, { ...argumentsOf(this), ...options });
      onDone(code ?? 0);
    };
}

function argumentsOf(command: Command): Record<string, unknown> {
  const values: readonly unknown[] = command.processedArgs;
  return Object.fromEntries(command.registeredArguments.map((argument, index) => [argument.name(), values[index]]));
}
