export { configurationPage } from './configuration-page.ts';
export { loadConfiguration, type ConfigurationSources } from './load-configuration.ts';
export { VARIABLES, type Configuration, type Variable, type VariableName } from './variables.ts';
