import { resolve } from 'node:path';

import { type Configuration, loadConfiguration } from '../config/index.ts';
import type { GlobalOptions } from './global-options.ts';
import { findProjectFolder } from './project-folder.ts';
import type { Surroundings } from './surroundings.ts';

/** Variables that options of a command stand for. */
export type Overrides = Readonly<Record<string, string | undefined>>;

export interface LocalConfigurationRequest {
  readonly surroundings: Pick<Surroundings, 'environment' | 'folder'>;
  readonly options: Pick<GlobalOptions, 'dataDir'>;
  readonly overrides?: Overrides;
}

/**
 * The configuration of the factory that the current folder belongs to. A relative DATA_DIR of the
 * environment or the command line begins in the current folder, one of the file beside the file.
 * @throws AppError CONFIGURATION_INVALID
 */
export function localConfiguration({
  surroundings,
  options,
  overrides = {},
}: LocalConfigurationRequest): Configuration {
  const { environment, folder } = surroundings;
  const dataDir = options.dataDir ?? (environment['DATA_DIR'] || undefined);
  const given = Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
  return loadConfiguration({
    environment: {
      ...environment,
      ...given,
      ...(dataDir === undefined ? {} : { DATA_DIR: resolve(folder, dataDir) }),
    },
    folder: findProjectFolder(folder),
  });
}
