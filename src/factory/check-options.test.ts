import { expect, it } from 'vitest';

import { createFactory } from './create-factory.ts';
import { checkOptions } from './check-options.ts';
import type { FactoryOptions } from './factory.ts';

const strategy = { name: 'mine', version: 1, description: '', parseParameters: () => ({}), run: () => undefined };

// requirement: R-BAD-FIELDS
it.each<[string, unknown, RegExp]>([
  [
    'a misspelt option',
    { dataDirectory: '/x' },
    /^dataDirectory of the options of createFactory: is not a known field/,
  ],
  ['no folder', { dataDir: 5 }, /^dataDir .*expected string/],
  ['a list that is none', { tools: 5 }, /^tools .*expected array/],
  ['a tool that is none', { tools: [null] }, /^tools\[0\] .*expected an object/],
  ['a strategy without its function', { strategies: [{ ...strategy, run: 1 }] }, /^strategies\[0\]\.run .*a function/],
  ['a provider that no agent can name', { providers: { 'A B': () => ({}) } }, /^providers\.A B .*lower-case/],
  ['a provider that is none', { providers: { mine: 5 } }, /^providers\.mine .*a function/],
  ['a level that there is not', { logLevel: 'loud' }, /^logLevel /],
  ['nothing', null, /^the options of createFactory/],
])('refuses %s before anything is opened', async (_name, options, message) => {
  const refusal = { code: 'VALIDATION_FAILED', message: expect.stringMatching(message) };
  await expect(createFactory(options as FactoryOptions)).rejects.toMatchObject(refusal);
});

it('takes what is right', () => {
  const tools = [{ name: 'looked at elsewhere' }];
  const providers = { mine: () => ({}) };
  const whole = { dataDir: '/x', tools, strategies: [strategy], providers, logLevel: 'warn' };
  expect(() => checkOptions(whole as unknown as FactoryOptions)).not.toThrow();
  expect(() => checkOptions({})).not.toThrow();
});
