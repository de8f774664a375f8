import { afterAll, beforeAll, expect, it } from 'vitest';

import { Runtime } from '../../tests/support/runtime-harness.ts';
import type { Factory } from './factory.ts';

let runtime: Runtime;
let factory: Factory;
let agent: string;
beforeAll(async () => {
  runtime = await Runtime.create();
  factory = await runtime.open();
  agent = await runtime.program(factory, async (context) => {
    await context.approval({ question: 'Go on?' });
  });
});
afterAll(() => runtime.end());

// requirement: R-BAD-FIELDS
it.each<[string, unknown, object, RegExp]>([
  ['no text', 5, {}, /^input of the task: expected string/],
  ['no input', '', {}, /^input of the task/],
  ['a long input', 'x'.repeat(2_000_000), {}, /^input of the task: Too big/],
  ['a limit below zero', 'x', { limits: { wallTimeSeconds: -5 } }, /^limits\.wallTimeSeconds of the task/],
  ['an unknown option', 'x', { limit: { steps: 1 } }, /^limit of the task: is not a known field; did you mean limits/],
])('refuses %s as the API does', async (_name, input, options, message) => {
  const refusal = { code: 'VALIDATION_FAILED', message: expect.stringMatching(message) };
  await expect(factory.run(agent, input as string, options)).rejects.toMatchObject(refusal);
  await expect(factory.submit(agent, input as string, options)).rejects.toMatchObject(refusal);
});

it('refuses an agent, a decision and a reason that are none, and everything once it is closed', async () => {
  const invalid = { code: 'VALIDATION_FAILED' };
  await expect(factory.run(undefined as never, 'x')).rejects.toMatchObject(invalid);
  const { task } = await factory.run(agent, 'x');
  await expect(factory.resolve(task.id, null as never)).rejects.toMatchObject(invalid);
  await expect(factory.resolve(task.id, { decision: 'maybe' as never })).rejects.toMatchObject(invalid);
  await expect(factory.cancel(task.id, 5 as never)).rejects.toMatchObject(invalid);
  await expect(runtime.open({ strategies: [TWICE, TWICE] })).rejects.toMatchObject(invalid);
  await runtime.close(factory);
  await expect(factory.submit(agent, 'x')).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
  await expect(factory.cancel(task.id)).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
});

const TWICE = {
  name: 'twice',
  version: 1,
  description: '',
  parseParameters: () => ({}),
  run: async () => ({ content: [] }),
};
