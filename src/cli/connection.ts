import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { type Client, createClient } from '#contract';

import { AppError } from '../kernel/errors.ts';
import { errorCode } from '../utils/error-code.ts';
import type { GlobalOptions } from './global-options.ts';
import { createPatientFetch, type Patience } from './patient-fetch.ts';
import type { Surroundings } from './surroundings.ts';
import { UsageError } from './usage-error.ts';

const DEFAULT_URL = 'http://127.0.0.1:8700';

/** Where the factory is, how it was found, and the key to it. */
export interface ServerAddress {
  readonly url: string;
  /** Such as `--url` or the path of a file. */
  readonly source: string;
  readonly key: string | undefined;
}

/** A client of the factory. */
export interface Connection extends ServerAddress {
  readonly client: Client;
  /** Watches the connection while a stream is followed. */
  readonly patience: Patience;
}

export interface ConnectionRequest {
  readonly surroundings: Pick<Surroundings, 'environment' | 'folder'>;
  readonly options: GlobalOptions;
}

/**
 * Makes the client, without calling the factory yet.
 * @throws UsageError for an address that is none; AppError CONFIGURATION_INVALID
 */
export async function connectTo(request: ConnectionRequest): Promise<Connection> {
  const address = await findServer(request);
  const patience = createPatientFetch();
  return {
    ...address,
    patience,
    client: createClient({ baseUrl: address.url, key: address.key, fetch: patience.fetch }),
  };
}

/**
 * The address from --url, PYGENT_URL, `server.json` of the data folder, or the default one; the key
 * from --key, PYGENT_API_KEY, PYGENT_API_KEY_FILE, or `admin-key` of the data folder. That last one
 * is sent to this machine only, whatever address was named.
 */
export async function findServer({ surroundings, options }: ConnectionRequest): Promise<ServerAddress> {
  const { environment, folder } = surroundings;
  const read = (name: string) => environment[name] || undefined;
  // Costs a tenth of a second, and is not needed where both are named.
  let known: string | undefined;
  const dataFolder = async () => {
    const { localConfiguration } = await import('./local-configuration.ts');
    return (known ??= localConfiguration({ surroundings, options }).DATA_DIR);
  };
  const found = named('--url', options.url) ??
    named('PYGENT_URL', read('PYGENT_URL')) ??
    readServerFile(await dataFolder()) ?? { url: DEFAULT_URL, source: 'the default' };
  const key =
    asKey('--key', options.key) ??
    asKey('PYGENT_API_KEY', read('PYGENT_API_KEY')) ??
    asKey('PYGENT_API_KEY_FILE', readKeyFile(resolveFrom(folder, read('PYGENT_API_KEY_FILE')))) ??
    (isLoopback(found.url) ? readOwnKey(join(await dataFolder(), 'admin-key')) : undefined);
  return { ...found, key };
}

function named(source: string, url: string | undefined): Omit<ServerAddress, 'key'> | undefined {
  if (url === undefined) return undefined;
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed !== undefined && parsed.username + parsed.password !== '') {
    throw new UsageError(
      `${source}: an address holds no user and no password; give the key as --key or PYGENT_API_KEY`,
    );
  }
  if (parsed?.protocol === 'http:' || parsed?.protocol === 'https:') return { url: url.replace(/\/+$/, ''), source };
  throw new UsageError(`${source}: "${url}" is not an address; write it whole, such as ${DEFAULT_URL}`);
}

function readServerFile(dataFolder: string): Omit<ServerAddress, 'key'> | undefined {
  const path = join(dataFolder, 'server.json');
  const text = readIfThere(path);
  const url = text === undefined ? undefined : /"url"\s*:\s*"([^"]+)"/.exec(text)?.[1];
  return named(path, url);
}

function readKeyFile(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  const key = readIfThere(path);
  if (key === undefined || key === '') throw new UsageError(`PYGENT_API_KEY_FILE: there is no key in ${path}`);
  return key;
}

function readOwnKey(path: string): string | undefined {
  return asKey(path, readIfThere(path));
}

/** What would break the header that carries it is no key, and must not get into a message. */
function asKey(source: string, key: string | undefined): string | undefined {
  if (key === undefined || /^[\x21-\x7e]*$/.test(key)) return key;
  throw new UsageError(`${source}: this is no key: one reads pygent_<id>_<secret>, and stands alone`);
}

/** The file's text without the white space around it; undefined where there is no such file. */
function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new AppError('DATA_FOLDER_UNUSABLE', `${path} cannot be read (${code ?? 'unknown'}).`, { cause: error });
  }
}

function resolveFrom(folder: string, path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(folder, path);
}

function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
