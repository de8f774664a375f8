import { readFileSync } from 'node:fs';

import { z } from 'zod';

import { AppError } from '../../kernel/errors.ts';
import standardPrices from './prices.json' with { type: 'json' };

/** US dollars for a million tokens, to six decimals at most. */
const price = z
  .number()
  .nonnegative()
  .max(1_000_000)
  .refine((value) => Number(value.toFixed(6)) === value, 'has more than six decimals');

const rates = {
  input: price,
  output: price,
  /** Input read from the provider's cache; the price of input unless given. */
  cachedInput: price.optional(),
  /** Input written to the provider's cache; the price of input unless given. */
  cacheWrite: price.optional(),
};

const modelPriceSchema = z.strictObject({
  ...rates,
  /** Other prices for the whole call where its input is longer. */
  longContext: z.strictObject({ aboveInputTokens: z.int().positive(), ...rates }).optional(),
  /** The day on which the price was looked up, and where. */
  asOf: z.iso.date(),
  source: z.string().min(1),
});

const priceFileSchema = z.strictObject({
  models: z.record(z.string().regex(/^[^/\s]+\/\S+$/, 'is not provider/model'), modelPriceSchema),
});

/** The price of one model, in US dollars for a million tokens. */
export type ModelPrice = z.infer<typeof modelPriceSchema>;

/** Tokens of one call by what they cost. `undefined` where the provider doesn't say. */
export interface PricedUsage {
  /** All input, the cached included. */
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly cachedInputTokens?: number | undefined;
  readonly cacheWriteTokens?: number | undefined;
}

export interface PriceTable {
  /** The price of `provider/model`; `undefined` where it isn't known. */
  readonly priceOf: (model: string) => ModelPrice | undefined;
  /**
   * The cost of a call in millionths of a US dollar: exact, and rounded up once, to the next whole
   * one, so that many small calls are never counted as nothing. `undefined` where the price or the
   * usage isn't known; what runs in this process (`local/…`) costs 0.
   */
  readonly costMicrodollars: (model: string, usage: PricedUsage) => number | undefined;
}

/**
 * The price table: the standard one, and over it, model by model, that of the file.
 *
 * A name in it fits the model itself and its dated or tagged issues (`openai/gpt-5.4` also fits
 * `openai/gpt-5.4-2026-03-05`, not `openai/gpt-5.4-mini`, which has a price of its own); a name
 * that ends in `*` fits whatever begins so. Of names that fit, the longest counts; one without `*`
 * before one with.
 * @param file path of a JSON file of the same form as `prices.json`.
 * @throws AppError CONFIGURATION_INVALID naming the file and the field.
 */
export function loadPriceTable(file?: string): PriceTable {
  const standard = parsePrices('prices.json', standardPrices);
  return createPriceTable(file === undefined ? standard : { ...standard, ...parsePrices(file, readJson(file)) });
}

function createPriceTable(prices: Readonly<Record<string, ModelPrice>>): PriceTable {
  const names = Object.keys(prices).toSorted(
    (left, right) => Number(left.endsWith('*')) - Number(right.endsWith('*')) || right.length - left.length,
  );
  const priceOf = (model: string): ModelPrice | undefined => {
    const name = names.find((candidate) => fits(candidate, model));
    return name === undefined ? undefined : prices[name];
  };
  return {
    priceOf,
    costMicrodollars: (model, usage) => {
      if (model.startsWith('local/')) return 0;
      const found = priceOf(model);
      return found === undefined ? undefined : costOf(found, usage);
    },
  };
}

/** What may follow a model's name without making it another model. */
const ISSUE = /^(?:[-@:]\d{4}-?\d{2}-?\d{2}|-\d{3}|-latest|:latest|-preview(?:-[\d-]+)?)$/;

function fits(name: string, model: string): boolean {
  if (name.endsWith('*')) return model.startsWith(name.slice(0, -1));
  return model === name || (model.startsWith(name) && ISSUE.test(model.slice(name.length)));
}

/** A dollar for a million tokens is a microdollar for one; a millionth of that keeps six decimals whole. */
const PARTS = 1_000_000;

function costOf(found: ModelPrice, usage: PricedUsage): number | undefined {
  if (usage.inputTokens === undefined || usage.outputTokens === undefined) return undefined;
  const { longContext } = found;
  const valid = longContext !== undefined && usage.inputTokens > longContext.aboveInputTokens ? longContext : found;
  const cached = usage.cachedInputTokens ?? 0;
  const written = usage.cacheWriteTokens ?? 0;
  const plain = Math.max(0, usage.inputTokens - cached - written);
  const total =
    parts(plain, valid.input) +
    parts(cached, valid.cachedInput ?? valid.input) +
    parts(written, valid.cacheWrite ?? valid.input) +
    parts(usage.outputTokens, valid.output);
  return Number((total + BigInt(PARTS - 1)) / BigInt(PARTS));
}

const parts = (tokens: number, dollars: number): bigint => BigInt(tokens) * BigInt(Math.round(dollars * PARTS));

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new AppError('CONFIGURATION_INVALID', `PRICES_FILE: ${file} cannot be read: ${message}`, { cause: error });
  }
}

function parsePrices(file: string, content: unknown): Readonly<Record<string, ModelPrice>> {
  const parsed = priceFileSchema.safeParse(content);
  if (parsed.success) return parsed.data.models;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`);
  throw new AppError('CONFIGURATION_INVALID', `PRICES_FILE: ${file} is not valid: ${problems.join('; ')}`, {
    details: { file, problems },
  });
}
