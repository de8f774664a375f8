import { reportStartup } from '../report-startup.mjs';

await reportStartup(async () => {
  const { tool, ToolLoopAgent } = await import('ai');
  const { z } = await import('zod');
  const square = tool({
    description: 'The square of a whole number.',
    inputSchema: z.strictObject({ number: z.int() }),
    execute: ({ number }) => number * number,
  });
  return new ToolLoopAgent({ model: 'openai/gpt-5', tools: { square } });
});
