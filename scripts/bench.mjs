// `npm run bench`: installs what is missing, the peers too, compiles the package as it is published, and measures.
import path from 'node:path';

import { ensureInstalled, NODE, ROOT } from './install.mjs';
import { run } from './run.mjs';

await ensureInstalled();
await ensureInstalled(path.join(ROOT, 'bench', 'peers'));
const built = await run(NODE, [path.join(ROOT, 'scripts', 'build.mjs')], { cwd: ROOT });
process.exitCode =
  built === 0 ? await run(NODE, [path.join(ROOT, 'bench', 'run.ts'), ...process.argv.slice(2)], { cwd: ROOT }) : built;
