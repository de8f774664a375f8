// `npm start` and `npm run dev`: everything a fresh clone needs, then the factory itself.
import path from 'node:path';

import { ensureInstalled, NODE, ROOT } from './install.mjs';
import { linkBin } from './link-bin.mjs';
import { run } from './run.mjs';

await ensureInstalled();
linkBin();
const [mode, ...rest] = process.argv.slice(2);
const watch = mode === 'dev' ? ['--watch', '--watch-preserve-output'] : [];
process.exitCode = await run(NODE, [...watch, path.join(ROOT, 'src', 'main.ts'), 'up', ...rest], { cwd: ROOT });
