import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { describe, expect, it } from 'vitest';

import { createModelGateway, loadPriceTable, type ModelConfiguration } from './index.ts';

const gatewayOf = (configuration: ModelConfiguration) =>
  createModelGateway({
    configuration,
    clock: { now: () => new Date(0) },
    prices: loadPriceTable(),
    localRules: () => Promise.reject(new Error('not used here')),
  });

// requirement: R-MODEL-CHOICE
describe('the default model', () => {
  it.each([
    [{}, 'local/rules', 'no key found'],
    [{ openaiApiKey: ' ' }, 'local/rules', 'no key found'],
    [{ openaiApiKey: 'k', googleApiKey: 'k' }, 'openai/gpt-5.4', 'OPENAI_API_KEY is set'],
    [{ openaiApiKey: 'k', openaiBaseUrl: 'https://api.openai.com/v1' }, 'openai/gpt-5.4', 'OPENAI_API_KEY is set'],
    [{ googleApiKey: 'k', anthropicApiKey: 'k' }, 'anthropic/claude-sonnet-4-6', 'ANTHROPIC_API_KEY is set'],
    [{ googleApiKey: 'k' }, 'google/gemini-3.5-flash', 'GOOGLE_GENERATIVE_AI_API_KEY is set'],
    [{ openaiBaseUrl: 'http://127.0.0.1:1/v1', openaiApiKey: 'k' }, 'local/rules', /DEFAULT_MODEL=compatible/],
    [
      { openaiBaseUrl: 'http://127.0.0.1:1/v1', defaultModel: 'compatible/a/b' },
      'compatible/a/b',
      'DEFAULT_MODEL names it',
    ],
  ] as [ModelConfiguration, string, string | RegExp][])('of %j is %s', (configuration, model, reason) => {
    const { defaultModel } = gatewayOf(configuration);
    expect(defaultModel.model).toBe(model);
    expect(defaultModel.reason).toMatch(reason);
  });

  it.each([
    [{ defaultModel: 'anthropic/claude-sonnet-4-6' }, /DEFAULT_MODEL .*ANTHROPIC_API_KEY/],
    [{ defaultModel: 'gpt-5' }, /DEFAULT_MODEL .*provider\/model/],
    [{ openaiBaseUrl: 'localhost:11434' }, /OPENAI_BASE_URL/],
    [{ anthropicBaseUrl: 'nonsense' }, /ANTHROPIC_BASE_URL/],
    [{ googleBaseUrl: 'ftp://x' }, /GOOGLE_BASE_URL/],
  ] as [ModelConfiguration, RegExp][])('refuses %j, naming the variable', (configuration, message) => {
    expect(() => gatewayOf(configuration)).toThrow(expect.objectContaining({ code: 'CONFIGURATION_INVALID' }));
    expect(() => gatewayOf(configuration)).toThrow(message);
  });
});

describe('assertKnown', () => {
  const gateway = gatewayOf({ openaiApiKey: 'k' });

  it.each(['openai/gpt-5.4', 'openai/ft:gpt-4o:me::1', 'local/rules'])('takes %s', (model) => {
    expect(() => gateway.assertKnown(model)).not.toThrow();
  });

  it.each([
    ['anthropic/claude-sonnet-4-6', 'set ANTHROPIC_API_KEY'],
    ['google/gemini-3.5-flash', 'set GOOGLE_GENERATIVE_AI_API_KEY'],
    ['compatible/llama3.2', 'set OPENAI_BASE_URL'],
    ['mistral/large', 'use one of openai, anthropic, google, compatible, local'],
    ['local/other', 'the only local model is local/rules'],
    ['gpt-5', 'write provider/model'],
    ['', 'write provider/model'],
    ['/x', 'write provider/model'],
    ['openai/', 'write provider/model'],
    ['openai/a b', 'write provider/model'],
    ['openai/../../files', 'write provider/model'],
    ['openai/x?key=y', 'write provider/model'],
    ['__proto__/x', 'use one of'],
  ])('refuses "%s": %s', (model, message) => {
    expect(() => gateway.assertKnown(model)).toThrow(expect.objectContaining({ code: 'MODEL_NOT_FOUND' }));
    expect(() => gateway.assertKnown(model)).toThrow(message);
  });
});

it('loads no vendor before its first call', async () => {
  const program = `
    const { createModelGateway, loadPriceTable } = await import('./src/ai/llm/index.ts');
    const { registerHooks } = await import('node:module');
    const loaded = [];
    registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
    const clock = { now: () => new Date() };
    const configuration = { anthropicApiKey: 'k', anthropicBaseUrl: 'http://127.0.0.1:1' };
    const gateway = createModelGateway({ configuration, clock, prices: loadPriceTable(), localRules() {} });
    gateway.assertKnown('anthropic/x');
    gateway.list();
    const before = loaded.length;
    await gateway.generate({ model: 'anthropic/x', messages: [] }, { signal: new AbortController().signal }).catch(() => {});
    const vendors = new Set(loaded.map((url) => /@ai-sdk\\/([\\w-]+)\\//.exec(url)?.[1]));
    console.log(JSON.stringify({ before, openai: vendors.has('openai'), anthropic: vendors.has('anthropic') }));
  `;
  // Hooks see only what is loaded after them: a vendor loaded with the slice itself would be missing at the call.
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
  expect(JSON.parse(stdout)).toEqual({ before: 0, openai: false, anthropic: true });
});
