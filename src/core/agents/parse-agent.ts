import { type AgentDefinition, type AgentDefinitionInput, agentDefinitionSchema } from '#contract';

import { invalidInput, parseInput } from '../../kernel/parse-input.ts';
import { readJson, readYaml } from '../../kernel/read-yaml.ts';
import { decodeUtf8 } from '../../utils/decode-utf8.ts';
import { errorMessage } from '../../utils/error-code.ts';
import { jsonFaults } from './json-faults.ts';

/** What errors call a definition that came from no file. */
export const DEFINITION = 'the agent definition';

const MOST_FAULTS = 50;

export interface ParseAgentOptions {
  /** YAML unless `source` ends in `.json`. */
  readonly format?: 'yaml' | 'json';
  /** What errors call the text, such as the path of its file. */
  readonly source: string;
}

/**
 * An agent from a text, or from the UTF-8 bytes of one, its defaults filled in. The errors are
 * those of `defineAgent`; what is no YAML or JSON at all is named with its line and column.
 * @throws AppError VALIDATION_FAILED, its fields in `details.errors`
 */
export function parseAgent(text: string | Uint8Array, { source, format }: ParseAgentOptions): AgentDefinition {
  const isJson = (format ?? (/\.json$/i.test(source) ? 'json' : 'yaml')) === 'json';
  const decoded = typeof text === 'string' ? text : decode(text, source);
  const reading = isJson ? readJson(decoded) : readYaml(decoded);
  if ('value' in reading) return checkDefinition(reading.value, source);
  const { message, place } = reading.problem;
  const where = place === undefined ? '' : `line ${place.line}, column ${place.column}: `;
  throw invalidInput(source, [{ path: '', message: `${where}${message}` }]);
}

/**
 * An agent written in TypeScript, its defaults filled in.
 * @throws AppError VALIDATION_FAILED, its fields in `details.errors`
 */
export function defineAgent(definition: AgentDefinitionInput): AgentDefinition {
  return checkDefinition(definition, DEFINITION);
}

/** Whatever was given, as a definition. @throws AppError VALIDATION_FAILED */
export function checkDefinition(value: unknown, subject: string): AgentDefinition {
  const faults = jsonFaults(value).take(MOST_FAULTS).toArray();
  if (faults.length > 0) throw invalidInput(subject, faults);
  return parseInput(agentDefinitionSchema, value, subject);
}

function decode(bytes: Uint8Array, source: string): string {
  try {
    return decodeUtf8(bytes);
  } catch (error) {
    throw invalidInput(source, [{ path: '', message: errorMessage(error) }], error);
  }
}
