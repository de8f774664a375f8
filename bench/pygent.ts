import { createFactory, defineAgent, defineTool } from 'pygent-factory';
import { z } from 'zod';

import { INSTRUCTIONS, square, TOOL_DESCRIPTION } from './arithmetic-task.ts';
import { serveRounds } from './contender-process.ts';
import { createInstantModel } from './instant-model.ts';

/** The factory in its embedded mode, on the data folder given. A variant is the effect that its tool declares. */
const VARIANTS = ['read', 'once'] as const;
let calls = 0;

const factory = await createFactory({
  dataDir: process.argv[2] ?? '',
  // The model's id names the tool to call.
  providers: { instant: (toolName: string) => createInstantModel(() => toolName) },
  tools: VARIANTS.map((effect) =>
    defineTool({
      name: `square.${effect}`,
      description: TOOL_DESCRIPTION,
      effect,
      parameters: z.strictObject({ number: z.int() }),
      execute: (input) => {
        calls += 1;
        return square(input);
      },
    }),
  ),
  agents: VARIANTS.map((effect) =>
    defineAgent({
      name: effect,
      model: `instant/square.${effect}`,
      instructions: INSTRUCTIONS,
      tools: [`square.${effect}`],
      strategy: { name: 'react', parameters: { maxTurns: 10_000 } },
      limits: { steps: 100_000 },
    }),
  ),
});

serveRounds({
  run: async ({ variant, question }) => (await factory.run(variant, question)).text,
  calls: () => calls,
  close: () => factory.close(),
});
