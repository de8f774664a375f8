export type { ApiDependencies, ApiSettings, RequestFacts } from './api-dependencies.ts';
export { toApiSettings } from './api-settings.ts';
export { createApi } from './create-api.ts';
export { errorsDocument } from './errors-document.ts';
