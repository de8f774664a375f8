export type { Strategy } from './strategy.ts';
