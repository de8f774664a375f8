import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { systemContext } from '../../kernel/call-context.ts';
import { AppError } from '../../kernel/errors.ts';
import type { ExecutionId, TaskId } from '../../kernel/ids.ts';
import type { JsonValue } from '../../utils/json.ts';
import { defineTool } from './define-tool.ts';
import { reconcileTool, runTool } from './run-tool.ts';
import type { Tool, ToolContext } from './tool.ts';

const unhandled: unknown[] = [];
const record = (reason: unknown): void => {
  unhandled.push(reason);
};
beforeAll(() => void process.on('unhandledRejection', record));
afterAll(() => void process.off('unhandledRejection', record));

const contextWith = (signal: AbortSignal): ToolContext => ({
  call: systemContext(),
  executionId: 'exec_1' as ExecutionId,
  taskId: 'task_1' as TaskId,
  stepKey: '1',
  idempotencyKey: 'key',
  signal,
  progress: () => undefined,
});
const context = contextWith(new AbortController().signal);

const toolThat = (execute: Tool['execute'], overrides: Partial<Tool> = {}): Tool => ({
  name: 'probe',
  description: 'A probe',
  effect: 'read',
  parameters: { type: 'object' },
  execute,
  ...overrides,
});
const run = (execute: Tool['execute'], overrides: Partial<Tool> = {}): Promise<JsonValue> =>
  runTool({ tool: toolThat(execute, overrides), input: {}, context });
const settle = (milliseconds = 20): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

// requirement: R-BAD-TOOL-OUTPUT
describe('the answer of a tool', () => {
  it.each<[string, () => unknown, JsonValue]>([
    ['undefined', () => undefined, null],
    ['plain data', () => ({ a: [1, 'two', true, null] }), { a: [1, 'two', true, null] }],
    ['undefined members and items', () => ({ a: undefined, b: [undefined, 1] }), { b: [null, 1] }],
    ['a date', () => [new Date(0)], ['1970-01-01T00:00:00.000Z']],
    ['a bigint', () => 2n ** 70n, '1180591620717411303424'],
    ['an error', () => ({ e: new RangeError('no') }), { e: { name: 'RangeError', message: 'no' } }],
    ['toJSON', () => new URL('https://example.com/'), 'https://example.com/'],
    ['NUL and lone surrogates', () => 'a\0b\ud800c', 'a\uFFFDb\uFFFDc'],
    [
      'a class instance',
      () =>
        new (class Point {
          x = 1;
        })(),
      { x: 1 },
    ],
    [
      'the same object twice',
      () => {
        const one = { n: 1 };
        return [one, one];
      },
      [{ n: 1 }, { n: 1 }],
    ],
  ])('%s becomes plain JSON', async (_, execute, expected) => {
    expect(await run(execute)).toEqual(expected);
  });

  it('is a copy with ordinary objects, whatever its keys', async () => {
    const answer = (await run(() => JSON.parse('{"__proto__": {"polluted": true}}'))) as Record<string, unknown>;
    expect(Object.getPrototypeOf(answer)).toBe(Object.prototype);
    expect(JSON.stringify(answer)).toBe('{"__proto__":{"polluted":true}}');
  });

  it.each<[string, () => unknown, string]>([
    [
      'a circle',
      () => {
        const a: Record<string, unknown> = {};
        a['b'] = [{ a }];
        return a;
      },
      'result.b[0].a',
    ],
    ['a function', () => ({ f: () => 1 }), 'result.f'],
    ['a symbol', () => [Symbol('s')], 'result[0]'],
    ['not a number', () => ({ ratio: 0 / 0 }), 'result.ratio'],
    ['infinity', () => ({ ratio: 1 / 0 }), 'result.ratio'],
    ['bytes', () => ({ data: Buffer.from('x') }), 'result.data'],
    ['a map', () => ({ map: new Map() }), 'result.map'],
    ['a promise inside', () => ({ later: Promise.resolve(1) }), 'result.later'],
    ['an invalid date', () => ({ when: new Date(Number.NaN) }), 'result.when'],
    [
      'a getter that throws',
      () => ({
        a: {
          get b(): never {
            throw new Error('boom');
          },
        },
      }),
      'result.a',
    ],
  ])('%s is refused, naming its path', async (_, execute, path) => {
    await expect(run(execute)).rejects.toMatchObject({ code: 'TOOL_OUTPUT_INVALID', details: { path } });
  });

  it('is refused when nested too deep', async () => {
    let deep: unknown = 1;
    for (let level = 0; level < 10_000; level += 1) deep = [deep];
    await expect(run(() => deep)).rejects.toMatchObject({ code: 'TOOL_OUTPUT_INVALID' });
  });

  it.each<[string, () => unknown]>([
    ['100 MB of text', () => 'x'.repeat(100_000_000)],
    ['a long array', () => Array.from({ length: 2_000_000 }, () => 1)],
    [
      'an empty array of great length',
      () => Array.from({ length: 3 }, () => Array.from({ length: 1_000_000 }, () => 1)),
    ],
    [
      'a small object shared many times over',
      () => {
        let o: unknown = 'x';
        for (let i = 0; i < 40; i += 1) o = [o, o];
        return o;
      },
    ],
  ])('%s is too large', async (_, execute) => {
    await expect(run(execute)).rejects.toMatchObject({ code: 'TOOL_OUTPUT_TOO_LARGE' });
  });

  it('may be exactly as large as its limit, and not a byte larger', async () => {
    const value = { text: 'ä"\n€', list: [1.5, true, false, null, {}], n: -12 };
    const outputLimitBytes = Buffer.byteLength(JSON.stringify(value));
    expect(await run(() => value, { outputLimitBytes })).toEqual(value);
    await expect(run(() => value, { outputLimitBytes: outputLimitBytes - 1 })).rejects.toMatchObject({
      code: 'TOOL_OUTPUT_TOO_LARGE',
    });
  });

  it('equals what JSON makes of JSON', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 4, stringUnit: 'grapheme' }), async (value) => {
        expect(await run(() => value)).toEqual(JSON.parse(JSON.stringify(value).replaceAll('\\u0000', '\\ufffd')));
      }),
    );
  });
});

// requirement: R-BAD-TOOL-THROWS
describe('a tool that fails', () => {
  it.each<[string, unknown, string]>([
    ['an error', new Error('boom'), 'probe failed: boom'],
    ['an error without a message', new RangeError(), 'probe failed: RangeError'],
    ['text', 'boom', 'probe failed: boom'],
    ['nothing', undefined, 'probe failed: it threw undefined'],
    ['an object', { code: 7 }, 'probe failed: it threw {"code":7}'],
    [
      'a circle',
      (() => {
        const a: Record<string, unknown> = {};
        a['a'] = a;
        return a;
      })(),
      'probe failed: it threw something',
    ],
    [
      'a proxy',
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('no');
          },
        },
      ),
      'probe failed: it threw something',
    ],
  ])('by throwing %s ends as TOOL_FAILED', async (_, thrown, message) => {
    const thrower = (): never => {
      throw thrown;
    };
    await expect(run(thrower)).rejects.toMatchObject({
      code: 'TOOL_FAILED',
      message: expect.stringContaining(message),
    });
    await expect(run(async () => thrower())).rejects.toMatchObject({ code: 'TOOL_FAILED' });
  });

  it('with an AppError ends with just that', async () => {
    const error = new AppError('EGRESS_REFUSED', 'no');
    await expect(
      run(() => {
        throw error;
      }),
    ).rejects.toBe(error);
  });

  // requirement: R-TOOL-ARGUMENTS
  it('is not called with arguments that are not valid or too large', async () => {
    let calls = 0;
    const tool = defineTool({
      ...toolThat(() => null),
      parameters: z.object({ n: z.number() }),
      execute: () => (calls += 1),
    });
    await expect(runTool({ tool, input: { n: 'one' }, context })).rejects.toMatchObject({
      code: 'TOOL_ARGUMENTS_INVALID',
    });
    const huge = { n: 1, padding: 'x'.repeat(2_000_000) };
    await expect(runTool({ tool, input: huge, context })).rejects.toMatchObject({ code: 'TOOL_ARGUMENTS_INVALID' });
    expect(calls).toBe(0);
  });
});

describe('a call that takes too long', () => {
  // requirement: R-BAD-TOOL-HANGS
  it('ends on time though the tool ignores its signal, and drops what comes later', async () => {
    let signal: AbortSignal | undefined;
    const late = run(
      async (_, given) => {
        signal = given.signal;
        await settle(30);
        throw new Error('late');
      },
      { timeoutMilliseconds: 5 },
    );
    await expect(late).rejects.toMatchObject({
      code: 'STEP_TIMEOUT',
      details: { tool: 'probe', timeoutMilliseconds: 5 },
    });
    expect(signal?.reason).toMatchObject({ code: 'STEP_TIMEOUT' });
    await settle(60);
    expect(unhandled).toEqual([]);
  });

  it('ends with the caller’s own reason when it aborts, even if the tool throws another', async () => {
    const reason = new AppError('EXECUTION_CANCELED', 'stop');
    const controller = new AbortController();
    const tool = toolThat(
      (_, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('AbortError')))),
    );
    const call = runTool({ tool, input: {}, context: contextWith(controller.signal) });
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
    let called = false;
    const after = runTool({
      tool: toolThat(() => (called = true)),
      input: {},
      context: contextWith(controller.signal),
    });
    await expect(after).rejects.toBe(reason);
    expect(called).toBe(false);
  });

  it('never leaves a rejection unhandled, whenever tool, clock and caller come', async () => {
    const moment = fc.integer({ min: 0, max: 6 });
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          toolAfter: moment,
          abortAfter: moment,
          timeout: fc.integer({ min: 1, max: 6 }),
          throws: fc.boolean(),
        }),
        async ({ toolAfter, abortAfter, timeout, throws }) => {
          const controller = new AbortController();
          const aborting = settle(abortAfter).then(() => controller.abort(new Error('caller')));
          const tool = toolThat(
            async () => {
              await settle(toolAfter);
              if (throws) throw new Error('tool');
              return 'done';
            },
            { timeoutMilliseconds: timeout },
          );
          const call = runTool({ tool, input: {}, context: contextWith(controller.signal) });
          const outcome = await call.catch((error: unknown) =>
            error instanceof AppError ? error.code : (error as Error).message,
          );
          expect(['done', 'TOOL_FAILED', 'STEP_TIMEOUT', 'caller']).toContain(outcome);
          await aborting;
        },
      ),
      { numRuns: 60 },
    );
    await settle();
    expect(unhandled).toEqual([]);
  });
});

describe('reconciling', () => {
  it('is unknown where the tool cannot tell, and cleans what the tool tells', async () => {
    expect(await reconcileTool({ tool: toolThat(() => null), input: {}, context })).toEqual({ outcome: 'unknown' });
    const done = toolThat(() => null, {
      reconcile: async () => ({ outcome: 'done', result: new Date(0) as unknown as JsonValue }),
    });
    const result = '1970-01-01T00:00:00.000Z';
    expect(await reconcileTool({ tool: done, input: {}, context })).toEqual({ outcome: 'done', result });
    const notDone = toolThat(() => null, { reconcile: async () => ({ outcome: 'not-done' }) });
    expect(await reconcileTool({ tool: notDone, input: {}, context })).toEqual({ outcome: 'not-done' });
  });
});
