import { ApiError, createClient, ERRORS } from '#contract';

import type { Configuration } from '../config/index.ts';
import { createModels } from '../container.ts';
import { AppError } from '../kernel/errors.ts';
import { createLogger } from '../observability/index.ts';
import { checkDatabase } from '../roles/check-database.ts';
import { checkKeys } from '../roles/check-keys.ts';
import { checkBinaries, checkDataFolder, checkNode } from '../roles/check-machine.ts';
import { checkModels } from '../roles/check-models.ts';
import { checkPort } from '../roles/check-port.ts';
import type { CheckResult } from '../roles/check-result.ts';
import type { CommandContext } from './command-context.ts';
import { findServer } from './connection.ts';
import { localConfiguration } from './local-configuration.ts';
import { localMaintenance } from './local-maintenance.ts';
import { packageVersion } from '../utils/package-root.ts';

const ANSWER_MILLISECONDS = 3_000;

export interface DoctorOptions {
  /** Without trying to reach model providers. */
  readonly offline: boolean;
}

/** Looks at everything the factory needs; what fails is in the results, and nothing is thrown for it. */
export async function runChecks(context: CommandContext, options: DoctorOptions): Promise<readonly CheckResult[]> {
  const node = checkNode();
  const configuration = tried('configuration', () => localConfiguration(context));
  if ('status' in configuration) return [node, configuration];
  const factory = await checkFactory(context);
  const database = await checkDatabase(localMaintenance(context));
  const models = tried('model', () => modelsOf(configuration));
  return [
    node,
    { name: 'configuration', status: 'ok', detail: 'valid' },
    factory.check,
    checkBinaries(configuration),
    ...checkDataFolder(configuration),
    await checkPort({ configuration, ownPort: factory.port }),
    ...database.checks,
    ...checkKeys({ configuration, hasKeys: database.hasKeys }),
    ...('status' in models ? [models] : await checkModels({ configuration, models, ...options })),
  ];
}

/** What `make` makes, or the failed check where the configuration does not allow it. */
function tried<Made extends object>(name: string, make: () => Made): Made | CheckResult {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { name, status: 'fail', detail: error.message, remedy: ERRORS[error.code].remedy };
  }
}

function modelsOf(configuration: Configuration) {
  return createModels({ configuration, logger: createLogger({ level: 'silent', serviceVersion: packageVersion() }) });
}

interface FactoryFinding {
  readonly check: CheckResult;
  /** Where it listens, if it runs. */
  readonly port?: number;
}

/** Whether a factory runs, and takes the key that commands send it. That none runs is no fault. */
async function checkFactory(context: CommandContext): Promise<FactoryFinding> {
  const name = 'factory';
  const server = await findServer(context);
  const { url, source, key } = server;
  try {
    const client = createClient({ baseUrl: url, key });
    const { version, principal } = await client.system.get({ signal: AbortSignal.timeout(ANSWER_MILLISECONDS) });
    const check = { name, status: 'ok', detail: `${url} runs ${version}; the key works as ${principal.role}` } as const;
    return { check, port: portOf(url) };
  } catch (error) {
    if (error instanceof ApiError && error.status > 0) {
      const remedy = { remedy: error.remedy ?? 'See the log of the factory.' };
      return {
        check: { name, status: 'fail', detail: `${url} answers: ${error.detail}`, ...remedy },
        port: portOf(url),
      };
    }
    const detail = `not running at ${url} (${source}); \`npx pygent up\` starts it`;
    return { check: { name, status: 'ok', detail } };
  }
}

function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}
