import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it } from 'vitest';

const program = new URL('../../../../tests/support/full-disk-program.ts', import.meta.url).pathname;
const mountAndRun = 'mount -t tmpfs -o size=88M none "$1" && exec "$2" "$3" "$1"';
const canMount = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', tmpdir()]).status === 0;

// requirement: R-BAD-DISK-FULL
it.skipIf(!canMount)(
  'refuses with a code when the disk is full, loses nothing, and goes on when there is room',
  () => {
    const mount = mkdtempSync(join(tmpdir(), 'pygent-full-'));
    const command = ['--mount', 'sh', '-c', mountAndRun, 'sh', mount, process.execPath, program];
    const output = execFileSync('unshare', command, { encoding: 'utf8', timeout: 60_000 });
    rmdirSync(mount);
    const result = JSON.parse(output) as Record<string, unknown>;
    expect(result).toMatchObject({ blobError: 'STORAGE_FULL', lost: [], halves: [] });
    expect(result['blob']).toHaveLength(64);
    expect(result['storedBefore']).toBeGreaterThan(0);
    for (const code of result['codes'] as string[]) expect(['STORAGE_FULL', 'DATABASE_UNAVAILABLE']).toContain(code);
  },
  90_000,
);
