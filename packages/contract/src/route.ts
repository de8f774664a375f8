import type { z } from 'zod';

import type { ErrorCode } from './errors.ts';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

/**
 * One address of the API as data: the server registers it, the OpenAPI document describes it and
 * the typed client calls it from this same entry.
 */
export interface Route {
  readonly method: HttpMethod;
  /** Path with parameters in braces. */
  readonly path: `/${string}`;
  readonly tag: string;
  /** One line for the reference page. */
  readonly summary: string;
  /** More than one line where it is needed. */
  readonly description?: string;
  /** What the caller must be allowed to do, as `resource:verb`; `public` needs no key. */
  readonly action: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Media types of the body; JSON alone unless given. */
  readonly bodyTypes?: readonly string[];
  /** Status of success. */
  readonly status: 200 | 201 | 202 | 204;
  /** Body of success; absent for 204. */
  readonly response?: z.ZodType;
  /** Where the answer can be a stream of server-sent events, the data of each by its event name. */
  readonly stream?: { readonly always: boolean; readonly events: Readonly<Record<string, z.ZodType>> };
  /** Carries a strong ETag; a GET answers 304 to If-None-Match, a change heeds If-Match with 412. */
  readonly etag?: boolean;
  /** The answer names the new thing in Location. */
  readonly location?: boolean;
  /** Heeds Idempotency-Key. */
  readonly idempotent?: boolean;
  /** Codes it may answer with beside those that every route may. */
  readonly errors: readonly ErrorCode[];
}
