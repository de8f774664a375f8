import type { Configuration } from '../config/index.ts';
import { AppError } from '../kernel/errors.ts';
import { errorCode } from '../utils/error-code.ts';
import { findPortHolder } from './port-holder.ts';
import { readServerFile } from './server-file.ts';

/** What a failed listen means. */
export function listenError(
  error: unknown,
  configuration: Pick<Configuration, 'HOST' | 'PORT' | 'DATA_DIR'>,
): AppError {
  const { HOST, PORT } = configuration;
  const code = errorCode(error);
  if (code === 'EADDRINUSE') {
    return new AppError('PORT_IN_USE', `port ${PORT} of ${HOST} is in use by ${holderOf(configuration)}`, {
      details: { host: HOST, port: PORT },
      cause: error,
    });
  }
  return new AppError('CONFIGURATION_INVALID', `HOST, PORT: ${HOST}:${PORT} cannot be listened on (${String(code)})`, {
    cause: error,
  });
}

function holderOf({ PORT, DATA_DIR }: Pick<Configuration, 'PORT' | 'DATA_DIR'>): string {
  const own = readServerFile(DATA_DIR);
  if (own !== undefined && new URL(own.url).port === String(PORT)) {
    return `the factory of this folder, process ${own.pid} at ${own.url}`;
  }
  return findPortHolder(PORT) ?? 'another process';
}
