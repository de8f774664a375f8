export { direct } from './direct.ts';
export { react } from './react.ts';
export type { Strategy } from './strategy.ts';
export { createStrategyRegistry, type StrategyRegistry } from './strategy-registry.ts';
