import type { z } from 'zod';

import type { Route } from './route.ts';
import { agentRoutes } from './routes/agents.ts';
import { executionRoutes } from './routes/executions.ts';
import { systemRoutes } from './routes/system.ts';
import { taskRoutes } from './routes/tasks.ts';
import { usageRoutes } from './routes/usage.ts';

/** Every route of the REST API, by the name of its operation. */
export const ROUTES = {
  ...agentRoutes,
  ...taskRoutes,
  ...executionRoutes,
  ...usageRoutes,
  ...systemRoutes,
} as const satisfies Record<string, Route>;

export type Routes = typeof ROUTES;
export type RouteName = keyof Routes;

type Member<Name extends RouteName, Key extends string> = Routes[Name] extends { readonly [K in Key]: infer Value }
  ? Value
  : never;
type InputOf<Schema> = [Schema] extends [never] ? undefined : Schema extends z.ZodType ? z.input<Schema> : undefined;
type OutputOf<Schema> = [Schema] extends [never] ? undefined : Schema extends z.ZodType ? z.output<Schema> : undefined;

/** What a caller sends. */
export type RouteParams<Name extends RouteName> = InputOf<Member<Name, 'params'>>;
export type RouteQuery<Name extends RouteName> = InputOf<Member<Name, 'query'>>;
export type RouteBody<Name extends RouteName> = InputOf<Member<Name, 'body'>>;
/** What a caller gets; `undefined` for 204 and for streams. */
export type RouteResponse<Name extends RouteName> = OutputOf<Member<Name, 'response'>>;
/** What a handler gets: validated, defaults filled in. */
export type ParsedParams<Name extends RouteName> = OutputOf<Member<Name, 'params'>>;
export type ParsedQuery<Name extends RouteName> = OutputOf<Member<Name, 'query'>>;
export type ParsedBody<Name extends RouteName> = OutputOf<Member<Name, 'body'>>;
