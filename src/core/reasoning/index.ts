export type { Strategy, StrategyInput, StrategyResult } from './strategy.ts';
