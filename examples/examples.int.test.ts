import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const run = promisify(execFile);
/** Each makes a database of its own, one of them starts it twice. */
const STARTS_MILLISECONDS = 120_000;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pygent-example-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** What the program prints; rejects where its exit code is not 0. It has a data folder and no key of its own. */
async function outputOf(example: string): Promise<string> {
  const file = join(import.meta.dirname, example);
  const { PATH, TMPDIR, HOME } = process.env;
  const env = { PATH, TMPDIR, HOME, DATA_DIR: join(folder, 'data') };
  const { stdout } = await run(process.execPath, ['--conditions=pygent-source', file], { cwd: folder, env });
  return stdout;
}

// requirement: R-LIBRARY-EMBEDS
describe('the examples', () => {
  it.each([
    ['own-tool.ts', 'people: 2028289'],
    ['approval.ts', 'Published, as system approved. Not published: too dull'],
    ['delegates.ts', '17% of 2350 = 399.5'],
    ['survive.ts', 'shipped 420 g; charged once'],
  ])(
    '%s checks itself and says so',
    async (example, said) => {
      expect(await outputOf(example)).toContain(said);
    },
    STARTS_MILLISECONDS,
  );

  it('the program in the README is examples/own-tool.ts', async () => {
    const read = (path: string) => readFile(join(import.meta.dirname, path), 'utf8');
    expect(await read('../README.md')).toContain(`\`\`\`ts\n${await read('own-tool.ts')}\`\`\``);
  });
});
