import type { z } from 'zod';

import { parseInput } from '../../kernel/parse-input.ts';
import type { JsonObject } from '../../utils/json.ts';
import type { Strategy } from './strategy.ts';

/** Checks parameters by their schema; the error names the strategy and the field. */
export function parseParametersWith(name: string, schema: z.ZodType<JsonObject>): Strategy['parseParameters'] {
  return (parameters) => parseInput(schema, parameters, `the parameters of strategy ${name}`);
}
