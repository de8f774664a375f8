import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const PACKAGE_NAME = 'pygent-factory';

/**
 * The folder of this package: the nearest one upwards whose package.json bears its name, so that it is found
 * from the source tree and from `dist/` alike.
 * @throws Error where the package was taken apart.
 */
export function packageRoot(from: string = import.meta.dirname): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (packageNameIn(folder) === PACKAGE_NAME) return folder;
    if (dirname(folder) === folder) throw new Error(`No package.json of ${PACKAGE_NAME} in or above ${from}`);
  }
}

/** The version of this package, from its package.json. */
export function packageVersion(): string {
  const { version } = readPackage(packageRoot()) as { readonly version: string };
  return version;
}

function readPackage(folder: string): unknown {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

function packageNameIn(folder: string): unknown {
  try {
    const parsed = readPackage(folder);
    return typeof parsed === 'object' && parsed !== null && 'name' in parsed ? parsed.name : undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) {
      return undefined;
    }
    throw error;
  }
}
