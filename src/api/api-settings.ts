import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';

import type { Configuration } from '../config/index.ts';
import { AppError } from '../kernel/errors.ts';
import { errorMessage } from '../utils/error-code.ts';
import type { ApiSettings } from './api-dependencies.ts';

/** The API's part of the configuration, certificates read. @throws AppError CONFIGURATION_INVALID */
export function toApiSettings(configuration: Configuration): ApiSettings {
  const { TLS_CERT_FILE, TLS_KEY_FILE, PUBLIC_URL } = configuration;
  const tls =
    TLS_CERT_FILE === undefined || TLS_KEY_FILE === undefined
      ? {}
      : { tls: asPair({ cert: readPem('TLS_CERT_FILE', TLS_CERT_FILE), key: readPem('TLS_KEY_FILE', TLS_KEY_FILE) }) };
  return {
    host: configuration.HOST,
    allowedHosts: [...configuration.ALLOWED_HOSTS, ...(PUBLIC_URL === undefined ? [] : [new URL(PUBLIC_URL).hostname])],
    bodyLimitBytes: configuration.BODY_LIMIT_BYTES,
    rateLimitPerMinute: configuration.RATE_LIMIT_PER_MINUTE,
    trustProxy: configuration.TRUST_PROXY,
    drainMilliseconds: configuration.DRAIN_SECONDS * 1_000,
    ...tls,
  };
}

function readPem(variable: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new AppError('CONFIGURATION_INVALID', `${variable}: ${path} cannot be read (${code})`, { cause: error });
  }
}

/** Found out here, because a server says only `no start line`, and of neither file. */
function asPair(pair: NonNullable<ApiSettings['tls']>): NonNullable<ApiSettings['tls']> {
  try {
    createSecureContext(pair);
    return pair;
  } catch (error) {
    const message = `TLS_CERT_FILE, TLS_KEY_FILE: no certificate and its key in PEM form (${errorMessage(error)})`;
    throw new AppError('CONFIGURATION_INVALID', message, { cause: error });
  }
}
