import { z } from 'zod';

import { agentNameSchema } from '#contract';

import { LOG_LEVELS } from '../kernel/log-level.ts';
import { parseInput } from '../kernel/parse-input.ts';
import type { FactoryOptions } from './factory.ts';

const aFunction = z.custom((value) => typeof value === 'function', 'expected a function');
/** Looked into where it is registered, by the checks of its own kind. */
const aThing = z.custom((value) => typeof value === 'object' && value !== null, 'expected an object');

const strategySchema = z.looseObject({
  name: agentNameSchema,
  version: z.int().min(1),
  parseParameters: aFunction,
  run: aFunction,
});

const providersSchema = z.record(z.string(), aFunction).superRefine((providers, check) => {
  for (const name of Object.keys(providers).filter((key) => !/^[a-z0-9-]+$/.test(key))) {
    check.addIssue({ code: 'custom', path: [name], message: 'use lower-case letters, digits and hyphens' });
  }
});

const optionsSchema = z.strictObject({
  dataDir: z.string().min(1).optional(),
  databaseUrl: z.string().optional(),
  tools: z.array(aThing).optional(),
  agents: z.array(aThing).optional(),
  strategies: z.array(strategySchema).optional(),
  providers: providersSchema.optional(),
  defaultModel: z.string().optional(),
  concurrency: z.number().optional(),
  logLevel: z.enum(LOG_LEVELS).optional(),
} satisfies Record<keyof FactoryOptions, z.ZodType>);

/**
 * For programs without a compiler, before anything is opened.
 * @throws AppError VALIDATION_FAILED naming the option
 */
export function checkOptions(options: FactoryOptions): void {
  parseInput<unknown>(optionsSchema, options, 'the options of createFactory');
}
