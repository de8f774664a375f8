// The closing line of several test runs: node scripts/add-up-tests.ts <0, or 1 if something else failed> <reports …>
// Fails when a test failed or was skipped, when a run had no tests, or when something else failed.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** What the test runner's json reporter writes, as far as it matters here. */
interface Report {
  readonly numTotalTests?: number;
  readonly numPassedTests?: number;
  readonly numFailedTests?: number;
  readonly numPendingTests?: number;
  readonly numTodoTests?: number;
  readonly testResults?: readonly TestFile[];
}

interface TestFile {
  readonly status: string;
  readonly assertionResults: readonly { readonly status: string }[];
}

export interface TestSum {
  readonly line: string;
  readonly ok: boolean;
}

/** Adds reports up; undefined stands for one that was not written. `failedElsewhere`: a step without a report failed. */
export function addUpTests(reports: readonly (string | undefined)[], failedElsewhere: boolean): TestSum {
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  for (const report of reports) {
    const run = JSON.parse(report ?? '{}') as Report;
    passed += run.numPassedTests ?? 0;
    skipped += (run.numPendingTests ?? 0) + (run.numTodoTests ?? 0);
    // A file that could not be loaded fails with no test in it; so does a run that found none.
    const unloaded = run.testResults?.filter((file) => file.status === 'failed' && !hasFailedTest(file)) ?? [];
    failed += (run.numFailedTests ?? 0) + unloaded.length + ((run.numTotalTests ?? 0) === 0 ? 1 : 0);
  }
  // What failed outside of the tests must not hide behind their numbers.
  if (failedElsewhere && failed === 0) failed = 1;
  const line = `${passed} passed, ${failed} failed, ${skipped} skipped`;
  return { line, ok: failed === 0 && skipped === 0 && passed > 0 };
}

function hasFailedTest(file: TestFile): boolean {
  return file.assertionResults.some((test) => test.status === 'failed');
}

function readReport(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    console.error('A test run left no report:', error);
    return undefined;
  }
}

if (resolve(process.argv[1] ?? '') === import.meta.filename) {
  const [failedElsewhere, ...files] = process.argv.slice(2);
  const { line, ok } = addUpTests(files.map(readReport), failedElsewhere !== '0');
  console.log(line);
  process.exitCode = ok ? 0 : 1;
}
