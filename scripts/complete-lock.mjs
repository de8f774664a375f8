// `npm run lock`, after every change of dependencies: adds to package-lock.json the optional packages
// that npm left out. npm omits an optional package whose manifest it could not load (a registry
// mirror that carries some platforms only, https://github.com/npm/cli/issues/4828), and `npm ci`
// then refuses the lock file. An entry made here has no integrity, as its tarball was never seen;
// `npm install` on a machine of that platform fills it in.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const PROCESSORS = ['arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64'];

/**
 * @param {Record<string, any>} packages the `packages` of a lock file, version 3
 * @returns {string[]} paths of the optional packages it names but doesn't hold
 */
export function missingOptionalPackages(packages) {
  return Object.entries(packages).flatMap(([from, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !isInstalledFor(packages, { from, name }))
      .map((name) => `node_modules/${name}`),
  );
}

/** Whether the package at `from` finds `name` as Node would: beside itself or in a folder above. */
function isInstalledFor(packages, { from, name }) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(folder.lastIndexOf('/node_modules/'), 0))) {
    if (`${folder}/node_modules/${name}`.replace(/^\//, '') in packages) return true;
    if (folder === '') return false;
  }
}

function complete(packages) {
  for (const owner of Object.values(packages)) {
    for (const [name, version] of Object.entries(owner.optionalDependencies ?? {})) {
      const place = `node_modules/${name}`;
      if (place in packages) continue;
      const words = name.split(/[-/]/);
      packages[place] = {
        version,
        ...(owner.dev === true ? { dev: true } : {}),
        optional: true,
        os: SYSTEMS.filter((system) => words.includes(system)),
        cpu: PROCESSORS.filter((processor) => words.includes(processor)),
        ...(words.includes('musl') || words.includes('musleabihf') ? { libc: ['musl'] } : {}),
      };
    }
  }
  return Object.fromEntries(Object.entries(packages).toSorted(([a], [b]) => a.localeCompare(b, 'en')));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = path.join(path.dirname(path.dirname(process.argv[1])), 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const missing = missingOptionalPackages(lock.packages);
  lock.packages = complete(lock.packages);
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  process.stdout.write(`${missing.length} optional packages added to package-lock.json\n`);
}
