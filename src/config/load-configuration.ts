import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { configurationInvalid } from './configuration-error.ts';
import { readConfigurationFile } from './configuration-file.ts';
import { type Configuration, type Variable, type VariableName, VARIABLES } from './variables.ts';

export interface ConfigurationSources {
  /** Such as process.env; an empty value counts as not set. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where the configuration file is looked for and relative paths begin. */
  readonly folder: string;
}

/**
 * The configuration from the environment, else from pygent.config.json or .yaml in the folder, else
 * from the defaults; a secret also from the file that `<NAME>_FILE` names.
 * @throws AppError CONFIGURATION_INVALID, one line naming the variable and where it was set
 */
export function loadConfiguration({ environment, folder }: ConfigurationSources): Configuration {
  const file = readConfigurationFile(folder);
  const read = (name: string): Setting | undefined => {
    const set = environment[name];
    if (set !== undefined && set !== '') return { value: set, source: 'the environment' };
    const value = file?.values[name];
    return value === undefined || value === null || file === undefined ? undefined : { value, source: file.path };
  };
  const values: Record<string, unknown> = {};
  for (const [name, variable] of Object.entries(VARIABLES) as [VariableName, Variable][]) {
    const setting = variable.secret ? readSecret({ name, read, folder }) : read(name);
    values[name] = parse({ name, variable, setting });
  }
  const parsed = values as unknown as Configuration;
  const configuration = {
    ...parsed,
    DATA_DIR: resolve(folder, (values['DATA_DIR'] as string | undefined) ?? '.pygent'),
  };
  checkTogether(configuration);
  return configuration;
}

interface Setting {
  readonly value: unknown;
  /** Where it was set. */
  readonly source: string;
}

interface SecretSetting {
  readonly name: string;
  readonly read: (name: string) => Setting | undefined;
  readonly folder: string;
}

function readSecret({ name, read, folder }: SecretSetting): Setting | undefined {
  const direct = read(name);
  const named = read(`${name}_FILE`);
  if (named === undefined) return direct;
  if (direct !== undefined) throw configurationInvalid(`${name} and ${name}_FILE are both set: keep one`);
  const path = resolve(folder, String(named.value));
  try {
    return { value: readFileSync(path, 'utf8').trim(), source: path };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw configurationInvalid(`${name}_FILE: ${path} cannot be read (${code})`, error);
  }
}

interface Parsed {
  readonly name: string;
  readonly variable: Variable;
  readonly setting: Setting | undefined;
}

function parse({ name, variable, setting }: Parsed): unknown {
  const result = variable.schema.safeParse(setting?.value);
  if (result.success) return result.data;
  const reason = (result.error.issues[0]?.message ?? 'is not valid').replace(/^Invalid (?:input|option): /, '');
  // The value of a secret must not get into a message, and zod's own messages never hold one.
  throw configurationInvalid(`${name} (set in ${setting?.source ?? 'no place'}): ${reason}`);
}

function checkTogether(configuration: Configuration): void {
  const { HOST, TLS_CERT_FILE, TLS_KEY_FILE, TRUST_PROXY } = configuration;
  if ((TLS_CERT_FILE === undefined) !== (TLS_KEY_FILE === undefined)) {
    throw configurationInvalid('TLS_CERT_FILE and TLS_KEY_FILE belong together: set both or none');
  }
  if (isLoopback(HOST) || TLS_CERT_FILE !== undefined || TRUST_PROXY) return;
  throw configurationInvalid(
    `HOST: ${HOST} can be reached from other machines, which needs TLS_CERT_FILE and TLS_KEY_FILE, or TRUST_PROXY=true behind a proxy that ends TLS`,
  );
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
