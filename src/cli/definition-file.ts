import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import type { AgentDefinitionInput } from '#contract';
import { LineCounter, parseDocument } from 'yaml';

import { errorCode } from '../utils/error-code.ts';
import type { CommandContext } from './command-context.ts';
import { readStandardInput } from './input-text.ts';
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
  const lineCounter = new LineCounter();
  // JSON is read as the part of YAML 1.2 that it is.
  const document = parseDocument(text, { lineCounter, prettyErrors: false, stringKeys: true, logLevel: 'silent' });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) {
    const { line, col } = lineCounter.linePos(problem.pos[0]);
    throw new UsageError(`${name}:${line}:${col}: ${problem.message.split('\n', 1)[0] ?? ''}`);
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    throw new UsageError(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as AgentDefinitionInput;
  throw new UsageError(`${name}: an agent definition is wanted, with a name and instructions`);
}

function readText(path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    const code = errorCode(error);
    const reason =
      code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'is not valid UTF-8' : `cannot be read (${String(code)})`;
    throw new UsageError(`${path} ${reason}`);
  }
}
