import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { readJson, readYaml } from '../kernel/read-yaml.ts';
import { nearNames } from '../utils/near-names.ts';
import { configurationInvalid } from './configuration-error.ts';
import { VARIABLES } from './variables.ts';

const FILES = ['pygent.config.json', 'pygent.config.yaml', 'pygent.config.yml'];

export interface ConfigurationFile {
  readonly path: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * The configuration file of a folder; undefined where there is none.
 * @throws AppError CONFIGURATION_INVALID naming the file and the place
 */
export function readConfigurationFile(folder: string): ConfigurationFile | undefined {
  const found = FILES.map((name) => ({ path: join(folder, name), text: readText(join(folder, name)) })).filter(
    (file): file is { path: string; text: string } => file.text !== undefined,
  );
  const [first, second] = found;
  if (first === undefined) return undefined;
  if (second !== undefined) throw configurationInvalid(`${first.path} and ${second.path} are both there: keep one`);
  return { path: first.path, values: knownValues(first.path, parse(first)) };
}

function readText(path: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return undefined;
    const reason =
      code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'is not valid UTF-8' : `cannot be read (${String(code)})`;
    throw configurationInvalid(`${path} ${reason}`, error);
  }
}

function parse({ path, text }: { readonly path: string; readonly text: string }): Record<string, unknown> {
  const reading = path.endsWith('.json') ? readJson(text) : readYaml(text);
  if ('problem' in reading) {
    const { message, place } = reading.problem;
    const where = place === undefined ? path : `${path}:${place.line}:${place.column}`;
    throw configurationInvalid(`${where}: ${message}`);
  }
  const { value } = reading;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw configurationInvalid(`${path}: must hold variables and their values, such as PORT: 8700`);
}

function knownValues(path: string, values: Record<string, unknown>): Record<string, unknown> {
  const known = Object.entries(VARIABLES).flatMap(([name, { secret }]) => (secret ? [name, `${name}_FILE`] : [name]));
  for (const name of Object.keys(values)) {
    if (known.includes(name)) continue;
    const [near] = nearNames(name, known);
    throw configurationInvalid(
      `${path}: ${name.slice(0, 100)} is not a variable${near === undefined ? '' : `; did you mean ${near}?`}`,
    );
  }
  return values;
}
