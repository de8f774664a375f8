export { configurationPage } from './configuration-page.ts';
export { loadConfiguration, type ConfigurationSources } from './load-configuration.ts';
export type { Configuration, Variable, VariableName } from './variables.ts';
