export { loadLocalRules } from './load-local-rules.ts';
export { type AnswerLimits, createModelGateway, type ModelGatewayDependencies } from './model-gateway.ts';
export type { ModelConfiguration } from './model-configuration.ts';
export { loadPriceTable, type ModelPrice, type PricedUsage, type PriceTable } from './price-table.ts';
