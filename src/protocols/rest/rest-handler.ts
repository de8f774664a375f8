import type { ParsedBody, ParsedParams, ParsedQuery, RouteName, RouteResponse } from '#contract';

import type { CallContext } from '../../kernel/call-context.ts';
import type { StreamMessage } from './stream-message.ts';

/** A request that is authenticated, validated and authorized. */
export interface RestRequest<Name extends RouteName> {
  readonly context: CallContext;
  readonly params: ParsedParams<Name>;
  readonly query: ParsedQuery<Name>;
  readonly body: ParsedBody<Name>;
  /** Stream version that If-Match asks for. */
  readonly ifRevision?: number;
  /** Whether the caller wants server-sent events. */
  readonly wantsStream: boolean;
  /** Where a stream goes on behind. */
  readonly lastEventId?: string;
  /** Aborted when the caller is gone or the server shuts down: a stream ends then. */
  readonly closing: AbortSignal;
}

/** Bodies are read, never changed: lists of them may be readonly. */
type Readable<Body> = Body extends { items: (infer Item)[] }
  ? { readonly items: readonly Item[]; readonly nextCursor?: string | undefined }
  : Body;

/** What a handler gives; the door makes HTTP of it. */
export type RestAnswer<Name extends RouteName> =
  | {
      readonly body: Readable<RouteResponse<Name>>;
      /** Stream version for the ETag; where a route has an ETag and this is absent, the body is hashed. */
      readonly revision?: number;
      /** Path of the new thing. */
      readonly location?: string;
    }
  | { readonly stream: AsyncIterable<StreamMessage> };

export type RestHandler<Name extends RouteName> = (request: RestRequest<Name>) => Promise<RestAnswer<Name>>;

/** One handler for every route of the contract. */
export type RestHandlers = { readonly [Name in RouteName]: RestHandler<Name> };

export type HandlersOf<Prefix extends string> = {
  readonly [Name in Extract<RouteName, `${Prefix}.${string}`>]: RestHandler<Name>;
};
