import type { AddressInfo } from 'node:net';

import { createClient, type Client } from '#contract';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';

import { createApi, type ApiDependencies, type ApiSettings } from '../../src/api/index.ts';
import { systemContext, type Role } from '../../src/kernel/call-context.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { AppError } from '../../src/kernel/errors.ts';
import { createMetrics } from '../../src/observability/index.ts';
import type { RestServices } from '../../src/protocols/rest/index.ts';
import { createMemoryIdempotencyStore } from './memory-idempotency-store.ts';
import { createMemoryServices, type MemoryServices } from './memory-services.ts';
import { OpenApiValidator } from './openapi-validator.ts';

export interface ApiHarness {
  readonly app: FastifyInstance;
  readonly baseUrl: string;
  readonly services: MemoryServices;
  /** What the API was made with. */
  readonly dependencies: ApiDependencies;
  readonly client: Client;
  readonly validator: OpenApiValidator;
  /** Everything the API logged, a line each. */
  readonly logged: string[];
  /** `fetch` with the admin key; every answer that is no stream is checked against /openapi.json. */
  readonly request: (path: string, init?: RequestInit) => Promise<Response>;
  readonly stop: () => Promise<void>;
}

const ROLE_OF_KEY: Readonly<Record<string, Role>> = { admin: 'admin', viewer: 'viewer' };

/** The API over services in memory, on an ephemeral port of 127.0.0.1. Keys: `admin`, `viewer`. */
export async function startApi(
  overrides: Partial<Omit<ApiDependencies, 'settings' | 'services'>> & {
    readonly settings?: Partial<ApiSettings>;
    /** Real services instead of those in memory. */
    readonly services?: Partial<RestServices>;
  } = {},
): Promise<ApiHarness> {
  const logged: string[] = [];
  const { settings, services: realServices, ...others } = overrides;
  const services = Object.assign(createMemoryServices(), realServices);
  const dependencies: ApiDependencies = {
    services,
    authenticate: async (authorization, facts) => {
      const role = ROLE_OF_KEY[authorization?.replace(/^Bearer /, '') ?? ''];
      if (role === undefined) throw new AppError('UNAUTHENTICATED', 'the key is not known');
      return systemContext({ ...facts, principal: { id: `key_${role}`, kind: 'key', role } });
    },
    idempotencyStore: createMemoryIdempotencyStore(),
    logger: pino({ level: 'debug' }, { write: (line) => logged.push(line) }),
    metrics: createMetrics({ process: false }),
    clock: systemClock,
    ...others,
    settings: {
      host: '127.0.0.1',
      allowedHosts: [],
      bodyLimitBytes: 4 * 1_048_576,
      rateLimitPerMinute: 100_000,
      trustProxy: false,
      drainMilliseconds: 5_000,
      ...settings,
    },
  };
  const app = createApi(dependencies);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const baseUrl = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const validator = new OpenApiValidator(await (await fetch(`${baseUrl}/openapi.json`)).json());
  const checked: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    const contentType = response.headers.get('content-type') ?? '';
    if (contentType.startsWith('text/event-stream')) return response;
    const url = new URL(input instanceof Request ? input.url : input).pathname;
    const body = await response.clone().text();
    validator.check({ method: init?.method ?? 'GET', url, status: response.status, contentType, body });
    return response;
  };
  return {
    app,
    baseUrl,
    services,
    dependencies,
    validator,
    logged,
    client: createClient({ baseUrl, key: 'admin', fetch: checked }),
    request: (path, init = {}) =>
      checked(baseUrl + path, { ...init, headers: { authorization: 'Bearer admin', ...(init.headers as object) } }),
    stop: () => app.close(),
  };
}
