// The library as it is published: compiled, imported by its name.
import { reportStartup } from './report-startup.mjs';

await reportStartup(async () => {
  const { defineAgent, defineTool } = await import('pygent-factory');
  const { z } = await import('zod');
  defineTool({
    name: 'square',
    description: 'The square of a whole number.',
    effect: 'read',
    parameters: z.strictObject({ number: z.int() }),
    execute: ({ number }) => number * number,
  });
  return defineAgent({ name: 'mathematician', model: 'openai/gpt-5', tools: ['square'] });
});
