import { reportStartup } from '../report-startup.mjs';

await reportStartup(async () => {
  const { Agent } = await import('@mastra/core/agent');
  const { createTool } = await import('@mastra/core/tools');
  const { z } = await import('zod');
  const square = createTool({
    id: 'square',
    description: 'The square of a whole number.',
    inputSchema: z.strictObject({ number: z.int() }),
    execute: async ({ number }) => number * number,
  });
  return new Agent({
    id: 'mathematician',
    name: 'Mathematician',
    instructions: 'Call the tool for one number at a time.',
    model: 'openai/gpt-5',
    tools: { square },
  });
});
