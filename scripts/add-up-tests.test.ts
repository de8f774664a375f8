import { describe, expect, it } from 'vitest';

import { addUpTests } from './add-up-tests.ts';

interface Counts {
  readonly passed?: number;
  readonly failed?: number;
  readonly pending?: number;
  readonly todo?: number;
  readonly testResults?: readonly object[];
}

const report = ({ passed = 0, failed = 0, pending = 0, todo = 0, testResults = [] }: Counts): string =>
  JSON.stringify({
    numTotalTests: passed + failed + pending + todo,
    numPassedTests: passed,
    numFailedTests: failed,
    numPendingTests: pending,
    numTodoTests: todo,
    testResults,
  });

describe('the closing line', () => {
  it('adds up all runs', () => {
    const sum = addUpTests([report({ passed: 600 }), report({ passed: 73 })], false);
    expect(sum).toMatchObject({ line: '673 passed, 0 failed, 0 skipped', ok: true });
  });

  it.each([
    ['a failed test', [report({ passed: 2, failed: 1 })], '2 passed, 1 failed, 0 skipped'],
    ['a skipped test', [report({ passed: 2, pending: 1, todo: 2 })], '2 passed, 0 failed, 3 skipped'],
    ['a run without tests', [report({ passed: 2 }), report({})], '2 passed, 1 failed, 0 skipped'],
    ['a run without a report', [report({ passed: 2 }), undefined], '2 passed, 1 failed, 0 skipped'],
    ['no run', [], '0 passed, 0 failed, 0 skipped'],
    [
      'a file that did not load',
      [report({ passed: 2, testResults: [{ status: 'failed', assertionResults: [] }] })],
      '2 passed, 1 failed, 0 skipped',
    ],
  ])('is not good with %s', (_, reports, line) => {
    expect(addUpTests(reports, false)).toMatchObject({ line, ok: false });
  });

  it('counts a failed test once, though its file failed too', () => {
    const testResults = [{ status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'passed' }] }];
    expect(addUpTests([report({ passed: 1, failed: 1, testResults })], true).line).toBe(
      '1 passed, 1 failed, 0 skipped',
    );
  });

  it('is not good when something else failed', () => {
    expect(addUpTests([report({ passed: 5 })], true)).toMatchObject({
      line: '5 passed, 1 failed, 0 skipped',
      ok: false,
    });
  });
});
