import type { ErrorCode } from '#contract';

import type { Clock } from '../../kernel/clock.ts';
import { AppError } from '../../kernel/errors.ts';
import { answerCutOff, invalidAnswer } from './answer-mapping.ts';
import { redactSecrets } from './redact-secrets.ts';
import { retryAfterMilliseconds } from './retry-after.ts';

/** Whose failure is mapped. */
export interface FailedCall {
  readonly model: string;
  readonly secrets: readonly string[];
  readonly clock: Clock;
}

/** What a failure of the provider packages tells, whatever form it came in. */
interface Failure {
  readonly name: string;
  readonly message: string;
  readonly status: number | undefined;
  /** The provider's own words for the kind of failure: type, code and status in one. */
  readonly kind: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The names and codes of all errors beneath it. */
  readonly causes: readonly string[];
}

/** Their names in `@ai-sdk/provider`, which is not imported because that would load it. */
const REFUSED_BEFORE_SENDING = new Set([
  'AI_UnsupportedFunctionalityError',
  'AI_InvalidPromptError',
  'AI_InvalidArgumentError',
  'AI_LoadAPIKeyError',
  'AI_NoSuchModelError',
]);
const UNREADABLE = new Set(['AI_JSONParseError', 'AI_TypeValidationError', 'ResponseTooLargeError']);
const CUT_OFF = /ended without a finish reason|terminated|other side closed|premature close/i;
const NETWORK = /^(?:E(?:CONN|PIPE|TIMEDOUT|AI_AGAIN|HOST|NET)|ENOTFOUND|UND_ERR|SocketError|CERT_|ERR_TLS|ERR_SSL)/;

/**
 * A failure of a provider as the error of the port. An `AppError` stays what it is.
 * - 429 is MODEL_RATE_LIMITED, but MODEL_REJECTED where the quota is used up (waiting won't help);
 * - 408, 409, 425, 5xx, overloaded, no connection, a cut one: MODEL_UNAVAILABLE;
 * - the other 4xx and 3xx, and what the package refused to send: MODEL_REJECTED;
 * - an answer that can't be read: MODEL_OUTPUT_INVALID.
 * The message is the provider's, without secrets; the cause is a copy without the request in it.
 */
export function toModelError(thrown: unknown, call: FailedCall): AppError {
  if (thrown instanceof AppError) return thrown;
  const failure = describe(thrown, call);
  const cause = toCause(thrown, failure);
  if (REFUSED_BEFORE_SENDING.has(failure.name)) {
    return error('MODEL_REJECTED', {
      message: `${call.model} can't be asked this: ${failure.message}`,
      call,
      failure,
      cause,
    });
  }
  if (failure.status !== undefined && failure.status >= 300) return toStatusError({ call, failure, cause });
  if (failure.causes.some((name) => UNREADABLE.has(name))) {
    return invalidAnswer({ model: call.model, what: `gave an answer that can't be read: ${failure.message}`, cause });
  }
  if (CUT_OFF.test(failure.message) || failure.status !== undefined) return answerCutOff(call.model, cause);
  if (failure.name === 'AI_APICallError' || failure.causes.some((name) => NETWORK.test(name))) {
    return error('MODEL_UNAVAILABLE', {
      message: `${call.model} can't be reached: ${failure.message}`,
      call,
      failure,
      cause,
    });
  }
  return invalidAnswer({ model: call.model, what: `gave an answer that can't be read: ${failure.message}`, cause });
}

interface Mapped {
  readonly call: FailedCall;
  readonly failure: Failure;
  readonly cause: Error;
}

function toStatusError(mapped: Mapped): AppError {
  const { call, failure } = mapped;
  const { status = 0 } = failure;
  const told = `${call.model} (HTTP ${status}): ${failure.message}`;
  if (status === 429) {
    return /insufficient_quota/.test(failure.kind + failure.body)
      ? error('MODEL_REJECTED', { ...mapped, message: `No quota left for ${told}` })
      : error('MODEL_RATE_LIMITED', { ...mapped, message: `Too many requests to ${told}` });
  }
  if (status >= 500 || status === 408 || status === 409 || status === 425) {
    return error('MODEL_UNAVAILABLE', { ...mapped, message: `No answer from ${told}` });
  }
  if (status < 400)
    return error('MODEL_REJECTED', {
      ...mapped,
      message: `A redirect instead of an answer; correct the base URL. ${told}`,
    });
  return error('MODEL_REJECTED', { ...mapped, message: `Refused by ${told}` });
}

function error(code: ErrorCode, { message, call, failure, cause }: Mapped & { readonly message: string }): AppError {
  const after = retryAfterMilliseconds(failure, call.clock);
  return new AppError(code, message, {
    details: {
      model: call.model,
      ...(failure.status === undefined ? {} : { status: failure.status }),
      ...(after === undefined || code === 'MODEL_REJECTED' ? {} : { retryAfterMilliseconds: after }),
    },
    cause,
  });
}

/** Without the request, the headers and the body, which a logger would print. */
function toCause(thrown: unknown, failure: Failure): Error {
  const cause = new Error(failure.message);
  cause.name = failure.name;
  if (thrown instanceof Error && thrown.stack !== undefined) {
    cause.stack = [`${failure.name}: ${failure.message}`, ...thrown.stack.split('\n').filter(isFrame)].join('\n');
  }
  return cause;
}

const isFrame = (line: string): boolean => /^\s+at /.test(line);

function describe(thrown: unknown, call: FailedCall): Failure {
  const facts = asRecord(typeof thrown === 'string' ? { message: thrown } : thrown);
  const kind = ['type', 'code', 'status'].map((field) => asText(facts[field])).join(' ');
  const body = asText(facts['responseBody']) || safeJson(facts['data']);
  return {
    name: thrown instanceof Error ? thrown.name : 'ProviderError',
    message: redactSecrets(messageOf({ thrown, message: asText(facts['message']), body }), call.secrets),
    status:
      typeof facts['statusCode'] === 'number'
        ? facts['statusCode']
        : thrown instanceof Error
          ? undefined
          : statusOf(kind),
    kind,
    headers: lowerCased(facts['responseHeaders']),
    body,
    causes: causesOf(thrown),
  };
}

const LONGEST_MESSAGE = 1000;

interface MessageSources {
  readonly thrown: unknown;
  readonly message: string;
  readonly body: string;
}

/** Where a server answers in a form of its own, the body says more than the status text. */
function messageOf({ thrown, message, body }: MessageSources): string {
  const told = /^[\w' -]{0,40}$/.test(message) && body !== '' ? `${message} ${body}`.trim() : message;
  const deepest = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause.message : '';
  return (told || deepest || 'no message').slice(0, LONGEST_MESSAGE);
}

/** The status an error in the middle of a stream stands for (the names of OpenAI, Anthropic, vLLM). */
function statusOf(kind: string): number {
  const code = /\b([45]\d\d)\b/.exec(kind)?.[1];
  if (code !== undefined) return Number(code);
  if (/rate_limit|insufficient_quota|RESOURCE_EXHAUSTED/i.test(kind)) return 429;
  if (/auth/i.test(kind)) return 401;
  if (/invalid|bad_?request|context_length|not_found/i.test(kind)) return 400;
  return 503;
}

function causesOf(thrown: unknown): readonly string[] {
  const names: string[] = [];
  let current = thrown;
  for (let depth = 0; depth < 8 && current instanceof Error; depth += 1) {
    names.push(current.name, asText(asRecord(current)['code']));
    current = current.cause;
  }
  return names;
}

const asRecord = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
const asText = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';

function lowerCased(headers: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(asRecord(headers)).map(([name, value]) => [name.toLowerCase(), asText(value)]),
  );
}

function safeJson(value: unknown): string {
  if (value === undefined) return '';
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    // Only read for hints; a circle in it hides none that matter.
    return '';
  }
}
