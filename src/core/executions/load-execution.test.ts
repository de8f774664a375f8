import { beforeEach, describe, expect, it } from 'vitest';

import { MemoryLog } from '../../../tests/support/memory-log.ts';
import type { ExecutionEvent } from './execution-events.ts';
import { createLoadExecution, stepsBefore } from './load-execution.ts';

let log: MemoryLog;
beforeEach(() => {
  log = new MemoryLog();
});

const append = (id: string, ...events: readonly ExecutionEvent[]) =>
  log.append(...events.map((event) => [`execution-${id}`, event as never] as const));
const load = (id: string) => createLoadExecution(log)(id);

function started(fork?: { readonly of: string; readonly at: string }): ExecutionEvent {
  return {
    type: 'ExecutionStarted',
    data: { taskId: 'task_1', primary: fork === undefined, ...(fork === undefined ? {} : { fork }) } as never,
  };
}

function completed(key: string, output = `output of ${key}`): ExecutionEvent {
  const about = { key, kind: 'code' as const, name: 'c', input: {}, startedAt: '2026-01-02T03:04:05.000Z' };
  return { type: 'StepCompleted', data: { ...about, output, durationMilliseconds: 1, usage: { inputTokens: 10 } } };
}

function failed(key: string): ExecutionEvent {
  const about = { key, kind: 'code' as const, name: 'c', input: {}, startedAt: '2026-01-02T03:04:05.000Z' };
  return { type: 'StepFailed', data: { ...about, error: { code: 'INTERNAL', message: 'x' }, durationMilliseconds: 1 } };
}

function intended(key: string): ExecutionEvent {
  const about = { key, kind: 'tool' as const, name: 't', effect: 'once' as const, input: { arguments: null } };
  return { type: 'StepIntended', data: { ...about, startedAt: '2026-01-02T03:04:05.000Z' } };
}

describe('createLoadExecution', () => {
  it('folds a stream, and tells of none by version 0', async () => {
    append('e', started(), completed('1'), completed('2'));
    const { state, version } = await load('e');
    expect(version).toBe(3);
    expect(state.totals).toMatchObject({ steps: 2, inputTokens: 20 });
    expect(await load('nothing')).toMatchObject({ version: 0, state: { status: 'none' } });
  });

  it('gives a fork the finished steps before the cut, a group’s branches with its number', async () => {
    append('o', started(), completed('1'), failed('2'), completed('3.0.1'), completed('3.1.1'), intended('3.1.2'));
    append('o', completed('4'));
    append('f', started({ of: 'o', at: '4' }));
    const { state, version } = await load('f');
    expect(version).toBe(1);
    expect([...state.steps.keys()]).toEqual(['1', '2', '3.0.1', '3.1.1']);
    expect([...state.steps.values()].every((step) => step.inherited)).toBe(true);
    expect(state.totals).toMatchObject({ steps: 0, inputTokens: 0 });

    append('g', started({ of: 'o', at: '3' }));
    expect([...(await load('g')).state.steps.keys()]).toEqual(['1', '2']);
    append('h', started({ of: 'o', at: '3.1.1' }));
    expect([...(await load('h')).state.steps.keys()]).toEqual(['1', '2', '3.0.1']);
  });

  it('counts what the fork does itself, also in the place of what it inherited', async () => {
    append('o', started(), completed('1'), completed('2'));
    append('f', started({ of: 'o', at: '3' }), completed('3'), completed('2', 'anew'));
    const { state } = await load('f');
    expect(state.totals).toMatchObject({ steps: 2, inputTokens: 20 });
    expect(state.steps.get('2')).toMatchObject({ output: 'anew', inherited: false });
  });

  it('inherits through forks of forks', async () => {
    append('o', started(), completed('1'), completed('2'), completed('3'));
    append('f', started({ of: 'o', at: '2' }), completed('2', 'f2'), completed('3', 'f3'));
    append('g', started({ of: 'f', at: '3' }), completed('3', 'g3'));
    const { steps } = (await load('g')).state;
    expect([...steps.values()].map(({ output, inherited }) => [output, inherited])).toEqual([
      ['output of 1', true],
      ['f2', true],
      ['g3', false],
    ]);
  });

  it('does not let what the origin did later into the fork', async () => {
    append('o', started(), completed('1'), intended('2'));
    append('f', started({ of: 'o', at: '3' }));
    append('o', completed('2'));
    expect([...(await load('f')).state.steps.keys()]).toEqual(['1']);
  });

  it('gives every caller a state of its own', async () => {
    append('o', started(), completed('1'));
    append('f', started({ of: 'o', at: '2' }));
    const one = await load('f');
    (one.state.steps as Map<string, unknown>).clear();
    expect((await load('f')).state.steps.size).toBe(1);
  });

  it('refuses a fork whose origin is gone', async () => {
    append('f', started({ of: 'o', at: '2' }));
    await expect(load('f')).rejects.toMatchObject({ code: 'EXECUTION_NOT_FOUND' });
  });
});

describe('stepsBefore', () => {
  it('takes numbers as numbers', async () => {
    append('o', started(), completed('2'), completed('10'));
    expect([...stepsBefore((await load('o')).state, '10').keys()]).toEqual(['2']);
  });
});
