import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { loadPriceTable } from './price-table.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'prices-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(content: unknown): string {
  const file = join(folder, 'prices.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const looked = { asOf: '2026-11-24', source: 'the contract' };
const usage = (inputTokens: number, outputTokens: number, cachedInputTokens = 0) => ({
  inputTokens,
  outputTokens,
  cachedInputTokens,
});

describe('loadPriceTable', () => {
  it('costs what the provider says, rounded up once', () => {
    const { costMicrodollars } = loadPriceTable();
    expect(costMicrodollars('openai/gpt-5.4', usage(1_000_000, 1_000_000))).toBe(17_500_000);
    expect(costMicrodollars('openai/gpt-5.4', usage(1000, 0, 400))).toBe(600 * 2.5 + 400 * 0.25);
    expect(costMicrodollars('openai/gpt-5.4-mini', usage(1, 0, 1))).toBe(1);
    expect(costMicrodollars('google/gemini-2.5-pro', usage(200_000, 1))).toBe(250_010);
    expect(costMicrodollars('google/gemini-2.5-pro', usage(200_001, 1))).toBe(500_018);
  });

  // requirement: R-MODEL-COST
  it('is exact for any number of tokens', () => {
    const { costMicrodollars } = loadPriceTable(
      fileOf({ models: { 'x/y': { input: 0.000001, output: 0.1, ...looked } } }),
    );
    const tokens = fc.integer({ min: 0, max: 10 ** 9 });
    fc.assert(
      fc.property(tokens, tokens, (input, output) => {
        const exact = BigInt(input) + BigInt(output) * 100_000n;
        const cost = BigInt(costMicrodollars('x/y', usage(input, output)) ?? -1) * 1_000_000n;
        expect(cost - exact).toBeGreaterThanOrEqual(0n);
        expect(cost - exact).toBeLessThan(1_000_000n);
      }),
    );
  });

  it('knows dated issues of a model, and takes no other model for it', () => {
    const { priceOf } = loadPriceTable();
    const price = priceOf('openai/gpt-5.4');
    expect(price).toBeDefined();
    expect(priceOf('openai/gpt-5.4-2026-03-05')).toBe(price);
    expect(priceOf('anthropic/claude-haiku-4-5-20251001')).toBe(priceOf('anthropic/claude-haiku-4-5'));
    for (const other of ['openai/gpt-5.4-pro', 'openai/gpt-5.45', 'openai/gpt-5', 'compatible/gpt-5.4', 'nonsense']) {
      expect(priceOf(other)).toBeUndefined();
    }
  });

  it('says nothing where nothing is known, and 0 for what runs here', () => {
    const { costMicrodollars } = loadPriceTable();
    expect(costMicrodollars('compatible/llama3.2', usage(5, 5))).toBeUndefined();
    expect(costMicrodollars('openai/gpt-5.4', { inputTokens: undefined, outputTokens: 5 })).toBeUndefined();
    expect(costMicrodollars('local/rules', { inputTokens: undefined, outputTokens: undefined })).toBe(0);
  });

  it('takes the prices of a file over the standard ones, the most exact name first', () => {
    const { priceOf } = loadPriceTable(
      fileOf({
        models: {
          'compatible/*': { input: 0, output: 0, ...looked },
          'compatible/llama*': { input: 1, output: 1, ...looked },
          'compatible/llama3.2': { input: 2, output: 2, ...looked },
          'openai/gpt-5.4': { input: 3, output: 3, ...looked },
        },
      }),
    );
    const inputs = ['compatible/qwen', 'compatible/llama4', 'compatible/llama3.2', 'openai/gpt-5.4', 'openai/gpt-5.5'];
    expect(inputs.map((model) => priceOf(model)?.input)).toEqual([0, 1, 2, 3, 5]);
  });

  it.each([
    ['{', /^PRICES_FILE: .* cannot be read/],
    [{ models: { 'x/y': { input: -1, output: 1, ...looked } } }, /models\.x\/y\.input/],
    [{ models: { 'x/y': { input: 0.0000001, output: 1, ...looked } } }, /six decimals/],
    [{ models: { 'x/y': { input: 1, output: 1, ...looked, extra: 1 } } }, /extra/],
    [{ models: { x: { input: 1, output: 1, ...looked } } }, /models\.x/],
    [[], /the file/],
  ])('refuses %j with the place named', (content, message) => {
    const file = fileOf(content);
    expect(() => loadPriceTable(file)).toThrow(expect.objectContaining({ code: 'CONFIGURATION_INVALID' }));
    expect(() => loadPriceTable(file)).toThrow(message);
    expect(() => loadPriceTable(file)).toThrow(file);
  });

  it('names a file that is not there', () => {
    expect(() => loadPriceTable(join(folder, 'none.json'))).toThrow(/none\.json cannot be read/);
  });
});
