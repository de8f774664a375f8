import { type DestinationStream, type Logger, pino } from 'pino';

import type { LogLevel } from '../kernel/log-level.ts';
import { errorCode } from '../utils/error-code.ts';

export type { Logger } from 'pino';

const SECRET_FIELDS = ['authorization', 'cookie', 'apiKey', 'api_key', 'key', 'secret', 'password', 'token'];
/** Field names hold secrets down to the third level; the text rule below catches keys anywhere in messages. */
const REDACTED_PATHS = SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);
/** Our own keys, providers' keys, and bearer tokens, wherever they stand in a text. */
const SECRET_TEXT = /\b(?:pygent_|pgk_|sk-|AIza)[\w-]{12,}|\bBearer\s+[\w.~+/=-]{8,}/g;
const REDACTED = '[redacted]';

export interface LoggerOptions {
  readonly level: LogLevel;
  readonly serviceVersion: string;
  /** Standard error unless given: standard output belongs to what a command answers. */
  readonly destination?: DestinationStream;
}

/** A text without the secrets it may hold. */
export function redactText(text: string): string {
  return text.replaceAll(SECRET_TEXT, REDACTED);
}

/** JSON lines in the names of the Elastic Common Schema 8, secrets taken out. */
export function createLogger({ level, serviceVersion, destination }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: { 'process.pid': process.pid, 'service.name': 'pygent-factory', 'service.version': serviceVersion },
      messageKey: 'message',
      timestamp: () => `,"@timestamp":"${new Date().toISOString()}"`,
      redact: { paths: REDACTED_PATHS, censor: REDACTED },
      formatters: { level: (label) => ({ 'log.level': label, 'ecs.version': '8.11.0' }) },
      serializers: { err: toEcsError },
      hooks: {
        logMethod(parameters, method) {
          const redacted = parameters.map((value: unknown) => (typeof value === 'string' ? redactText(value) : value));
          method.apply(this, redacted as typeof parameters);
        },
      },
    },
    destination ?? standardError(),
  );
}

/** A terminal that was closed takes no more lines; what goes on without it must not end for that. */
function standardError(): DestinationStream {
  const stream = pino.destination({ fd: 2, sync: true });
  stream.on('error', (error: unknown) => {
    if (errorCode(error) !== 'EIO') throw error;
  });
  return stream;
}

/** An error with its causes, as ECS names them. */
function toEcsError(error: unknown): object {
  if (!(error instanceof Error)) return { message: redactText(String(error)) };
  const causes: string[] = [];
  for (let cause = error.cause; cause instanceof Error && causes.length < 5; cause = cause.cause) {
    causes.push(redactText(`${cause.name}: ${cause.message}`));
  }
  return {
    type: error.name,
    ...('code' in error ? { code: error.code } : {}),
    message: redactText(error.message),
    stack_trace: redactText(error.stack ?? ''),
    ...(causes.length === 0 ? {} : { causes }),
  };
}
