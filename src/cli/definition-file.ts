import { resolve } from 'node:path';

import type { AgentDefinitionInput } from '#contract';

import { readYaml } from '../kernel/read-yaml.ts';
import type { CommandContext } from './command-context.ts';
import { readStandardInput, readTextFile } from './input-text.ts';
import { UsageError } from './usage-error.ts';

const PROGRAM = /\.[cm]?[jt]sx?$/;

/**
 * An agent definition from a YAML or JSON file, or from stdin for `-`. Only its syntax is looked at
 * here: the factory says which field is wrong, the same way to every caller.
 * @throws UsageError with line and column
 */
export async function readDefinition({ surroundings }: CommandContext, file: string): Promise<AgentDefinitionInput> {
  if (PROGRAM.test(file)) {
    throw new UsageError(`${file}: a definition file is YAML or JSON; in a program, defineAgent takes it`);
  }
  const text =
    file === '-' ? await readStandardInput(surroundings.stdin) : await readTextFile(resolve(surroundings.folder, file));
  const name = file === '-' ? 'stdin' : file;
  // JSON is read as the part of YAML that it is.
  const reading = readYaml(text);
  if ('problem' in reading) {
    const { message, place } = reading.problem;
    throw new UsageError(`${name}${place === undefined ? '' : `:${place.line}:${place.column}`}: ${message}`);
  }
  const { value } = reading;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as AgentDefinitionInput;
  throw new UsageError(`${name}: an agent definition is wanted, with a name and instructions`);
}
