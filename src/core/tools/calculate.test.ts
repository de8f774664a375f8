import { describe, expect, it } from 'vitest';

import { systemContext } from '../../kernel/call-context.ts';
import type { ExecutionId, TaskId } from '../../kernel/ids.ts';
import { calculate } from './calculate.ts';
import { now } from './now.ts';
import type { ToolContext } from './tool.ts';

const call = systemContext({ clock: { now: () => new Date('2026-03-29T00:30:05.900Z') } });
const context: ToolContext = {
  call,
  executionId: 'execution' as ExecutionId,
  taskId: 'task' as TaskId,
  stepKey: '1',
  idempotencyKey: 'key',
  signal: call.signal,
  progress: () => undefined,
};

describe('calculate', () => {
  it('answers the exact fraction and its decimal digits', () => {
    expect(calculate.execute({ expression: '7/3' }, context)).toEqual({
      expression: '7/3',
      exact: '7/3',
      decimal: '2.33333333333333333333…',
      approximate: false,
    });
    expect(calculate.execute({ expression: 'sqrt(2)' }, context)).toMatchObject({ approximate: true });
  });

  it('refuses what is no arithmetic with the field named', () => {
    expect(() => calculate.execute({ expression: '1/0' }, context)).toThrow(
      expect.objectContaining({
        code: 'TOOL_ARGUMENTS_INVALID',
        message: 'expression: Division by zero has no answer.',
      }),
    );
    expect(calculate.parameters.safeParse({ expression: '' }).success).toBe(false);
  });
});

describe('now', () => {
  it('tells the time of the clock of the call, in UTC and in a zone', () => {
    expect(now.execute({}, context)).toEqual({
      iso: '2026-03-29T00:30:05Z',
      date: '2026-03-29',
      time: '00:30:05',
      weekday: 'Sunday',
      timeZone: 'UTC',
      unixSeconds: 1_774_744_205,
    });
    expect(now.execute({ timeZone: 'America/New_York' }, context)).toMatchObject({
      iso: '2026-03-28T20:30:05-04:00',
      weekday: 'Saturday',
    });
  });

  it('refuses an unknown zone with the field named', () => {
    expect(() => now.execute({ timeZone: 'Mars/Olympus' }, context)).toThrow(
      expect.objectContaining({ code: 'TOOL_ARGUMENTS_INVALID', message: expect.stringContaining('Mars/Olympus') }),
    );
  });
});
