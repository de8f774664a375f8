import type { CallContext } from '../kernel/call-context.ts';
import type { Clock } from '../kernel/clock.ts';
import type { IdempotencyStore } from '../kernel/ports/idempotency-store.ts';
import type { Logger, Metrics } from '../observability/index.ts';
import type { RestServices } from '../protocols/rest/index.ts';
import type { ApiTimeouts } from './api-timeouts.ts';

/** What the API must know of its configuration. */
export interface ApiSettings {
  /** Address it is bound to; a loopback one answers only to loopback names. */
  readonly host: string;
  readonly allowedHosts: readonly string[];
  readonly bodyLimitBytes: number;
  /** Requests a minute for each key. */
  readonly rateLimitPerMinute: number;
  readonly trustProxy: boolean;
  /** PEM texts; plain HTTP without. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Those of `API_TIMEOUTS` unless given. */
  readonly timeouts?: Partial<ApiTimeouts>;
  /** How long a shutdown waits for requests in flight, in milliseconds. */
  readonly drainMilliseconds: number;
}

/** Facts of a request that become part of its `CallContext`. */
export interface RequestFacts {
  readonly traceId: string;
  /** Aborted when the caller is gone. */
  readonly signal: AbortSignal;
}

export interface ApiDependencies {
  readonly settings: ApiSettings;
  readonly services: RestServices;
  /** Whose key the Authorization header holds. @throws AppError UNAUTHENTICATED */
  readonly authenticate: (authorization: string | undefined, facts: RequestFacts) => Promise<CallContext>;
  readonly idempotencyStore: IdempotencyStore;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
}
