export type { ApiDependencies, ApiSettings, RequestFacts } from './api-dependencies.ts';
export { createApi } from './create-api.ts';
export { isLoopback } from './host-guard.ts';
