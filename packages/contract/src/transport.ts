import { ApiError, apiErrorOf, unreachable } from './api-error.ts';
import {
  ROUTES,
  type RouteBody,
  type RouteName,
  type RouteParams,
  type RouteQuery,
  type RouteResponse,
} from './routes.ts';

export interface ClientOptions {
  /** Such as `http://127.0.0.1:8700`. */
  readonly baseUrl: string;
  readonly key?: string | undefined;
  /** The platform's own unless given. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

type WithoutUndefined<Value> = { [Key in keyof Value as [Value[Key]] extends [undefined] ? never : Key]: Value[Key] };

/** What a call of a route takes: its parameters, query and body, as far as it has any. */
export type RouteRequest<Name extends RouteName> = WithoutUndefined<{
  readonly params: RouteParams<Name>;
  readonly query: RouteQuery<Name>;
  readonly body: RouteBody<Name>;
}>;

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Repeats of a POST with the same key are answered alike and done once. */
  readonly idempotencyKey?: string | undefined;
  /** ETag that the thing must still have. */
  readonly ifMatch?: string | undefined;
}

export interface Answer<Body> {
  readonly body: Body;
  readonly etag: string | undefined;
  readonly location: string | undefined;
}

interface AnyRequest {
  readonly params?: Record<string, string | number> | undefined;
  readonly query?: Record<string, string | number | undefined> | undefined;
  readonly body?: unknown;
}

/* oxlint-disable max-params -- a call reads as what, with what, how; the third is mostly left out */
/** The wire under the typed client. */
export interface Transport {
  /** @throws ApiError; an abort rejects with the signal's reason. */
  readonly call: <Name extends RouteName>(
    name: Name,
    request: RouteRequest<Name>,
    options?: CallOptions,
  ) => Promise<Answer<RouteResponse<Name>>>;
  /** Opens a stream of server-sent events. @throws ApiError */
  readonly open: (
    name: RouteName,
    request: AnyRequest,
    options: { signal?: AbortSignal | undefined; lastEventId?: string },
  ) => Promise<ReadableStream<Uint8Array>>;
}

/** Calls routes by their name over `fetch`. */
export function createTransport(options: ClientOptions): Transport {
  const baseUrl = options.baseUrl.replace(/\/+$/, '');
  const doFetch = options.fetch ?? globalThis.fetch;
  const authorization: Record<string, string> =
    options.key === undefined ? {} : { authorization: `Bearer ${options.key}` };

  async function send(url: string, init: RequestInit): Promise<Response> {
    let response: Response;
    try {
      response = await doFetch(url, init);
    } catch (error) {
      if (init.signal?.aborted === true) throw error;
      throw unreachable(url, error);
    }
    if (!response.ok) throw await apiErrorOf(response);
    return response;
  }

  return {
    async call<Name extends RouteName>(name: Name, request: RouteRequest<Name>, call: CallOptions = {}) {
      const any: AnyRequest = request;
      const response = await send(baseUrl + pathOf(name, any), {
        method: ROUTES[name].method,
        headers: { accept: 'application/json', ...authorization, ...callHeaders(any, call) },
        signal: call.signal ?? null,
        ...(any.body === undefined ? {} : { body: JSON.stringify(any.body) }),
      });
      const body = (response.status === 204 ? undefined : await jsonOf(response)) as RouteResponse<Name>;
      return {
        body,
        etag: response.headers.get('etag') ?? undefined,
        location: response.headers.get('location') ?? undefined,
      };
    },
    async open(name, request, { signal, lastEventId }) {
      const resume: Record<string, string> = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
      const response = await send(baseUrl + pathOf(name, request), {
        method: 'GET',
        headers: { accept: 'text/event-stream', ...authorization, ...resume },
        signal: signal ?? null,
      });
      if (response.body === null) throw unexpected(response, 'a stream without a body');
      return response.body;
    },
  };
}

function callHeaders(request: AnyRequest, call: CallOptions): Record<string, string> {
  return {
    ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(call.idempotencyKey === undefined ? {} : { 'idempotency-key': call.idempotencyKey }),
    ...(call.ifMatch === undefined ? {} : { 'if-match': call.ifMatch }),
  };
}

function pathOf(name: RouteName, { params = {}, query = {} }: AnyRequest): string {
  const path = ROUTES[name].path.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(`${params[key]}`));
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) search.set(key, `${value}`);
  return search.size === 0 ? path : `${path}?${search.toString()}`;
}

async function jsonOf(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    throw unexpected(response, text.slice(0, 200));
  }
}

function unexpected(response: Response, found: string): ApiError {
  return new ApiError({
    status: response.status,
    code: 'UNEXPECTED_ANSWER',
    title: 'The server answered with something unexpected',
    detail: `HTTP ${response.status} from ${response.url}: ${found}`,
  });
}
