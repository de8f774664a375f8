import type { Route } from '../route.ts';
import { usageQuerySchema, usageReportSchema } from '../usage.ts';

export const usageRoutes = {
  'usage.get': {
    method: 'GET',
    path: '/api/v1/usage',
    tag: 'usage',
    summary: 'Model calls, tokens, cost and executions, summed up by day, agent, version or model',
    description:
      'Days are those of UTC, 366 at most, both ends included. The sums are a moment behind the log: `asOf` says how far it is counted.',
    action: 'tasks:read',
    query: usageQuerySchema,
    status: 200,
    response: usageReportSchema,
    errors: [],
  },
} as const satisfies Record<string, Route>;
