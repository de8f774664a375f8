import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import { errorsDocument } from '../src/api/index.ts';
import { cliPage } from '../src/cli/cli-page.ts';
import { configurationPage } from '../src/config/index.ts';

it.each([
  ['docs/cli.md', cliPage()],
  ['docs/configuration.md', configurationPage()],
  ['docs/errors.md', errorsDocument()],
])('%s is as the code has it; run node scripts/generate-docs.ts', (path, expected) => {
  expect(readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')).toBe(expected);
});
