import { AppError } from '../../kernel/errors.ts';
import type { FunctionLookup } from '../executions/index.ts';
import type { Strategy } from './strategy.ts';

export interface StrategyRegistry extends FunctionLookup {
  readonly get: (name: string, version?: number) => Strategy | undefined;
  readonly list: () => readonly Strategy[];
}

/**
 * The strategies by name; of one name the newest version, unless another is asked for.
 * @throws AppError VALIDATION_FAILED where one stands twice: which of them ran would be a matter of their order
 */
export function createStrategyRegistry(strategies: readonly Strategy[]): StrategyRegistry {
  const newest = new Map<string, Strategy>();
  const versions = new Map<string, Strategy>();
  for (const strategy of strategies) {
    const key = `${strategy.name}@${strategy.version}`;
    if (versions.has(key)) throw new AppError('VALIDATION_FAILED', `strategies: ${key} is there twice`);
    versions.set(key, strategy);
    const known = newest.get(strategy.name);
    if (known === undefined || known.version < strategy.version) newest.set(strategy.name, strategy);
  }
  const names = [...newest.keys()].toSorted();
  return {
    get: (name, version) => (version === undefined ? newest.get(name) : versions.get(`${name}@${version}`)),
    names: () => names,
    list: () => [...newest.values()],
  };
}
