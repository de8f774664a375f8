import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import type { AgentDefinitionInput } from '#contract';

import { readYaml } from '../kernel/read-yaml.ts';
import { errorCode } from '../utils/error-code.ts';
import type { CommandContext } from './command-context.ts';
import { readStandardInput, utf8Text } from './input-text.ts';
import { UsageError } from './usage-error.ts';

/**
 * An agent definition from a YAML or JSON file, or from stdin for `-`. Only its syntax is looked at
 * here: the factory says which field is wrong, the same way to every caller.
 * @throws UsageError with line and column
 */
export async function readDefinition({ surroundings }: CommandContext, file: string): Promise<AgentDefinitionInput> {
  const text =
    file === '-' ? await readStandardInput(surroundings.stdin) : readText(resolve(surroundings.folder, file));
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

function readText(path: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new UsageError(`${path} cannot be read (${errorCode(error) ?? 'unknown'})`);
  }
  return utf8Text(path, bytes);
}
