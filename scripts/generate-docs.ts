// Writes the pages of docs/ that are made from the code: node scripts/generate-docs.ts
import { writeFileSync } from 'node:fs';

import { errorsDocument } from '../src/api/index.ts';
import { cliPage } from '../src/cli/cli-page.ts';
import { configurationPage } from '../src/config/index.ts';

writeFileSync(new URL('../docs/cli.md', import.meta.url), cliPage());
writeFileSync(new URL('../docs/configuration.md', import.meta.url), configurationPage());
writeFileSync(new URL('../docs/errors.md', import.meta.url), errorsDocument());
