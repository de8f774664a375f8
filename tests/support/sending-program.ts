import { appendFileSync } from 'node:fs';

import { createFactory, defineAgent, defineTool } from '../../src/index.ts';

/**
 * A program that embeds a factory with a tool `send`, whose effect is a line in the file of its second argument, and
 * which does not answer while the first argument is `hang`. Writes one line of JSON for each task it submits or
 * finds, and ends when its standard input does.
 */
const [mode, effects = '', taskId = ''] = process.argv.slice(2);
await using factory = await createFactory({
  agents: [defineAgent({ name: 'sender', model: 'compatible/any', tools: ['send'] })],
  tools: [
    defineTool({
      name: 'send',
      description: 'Sends the letter.',
      effect: 'once',
      parameters: { type: 'object', properties: { letter: { type: 'string' } }, required: ['letter'] },
      execute: async () => {
        appendFileSync(effects, 'sent\n');
        if (mode === 'hang') await new Promise(() => undefined);
        return 'sent';
      },
    }),
  ],
});
const task = taskId === '' ? await factory.submit('sender', 'Send it.') : await factory.wait(taskId);
process.stdout.write(`${JSON.stringify(task)}\n`);
process.stdin.resume();
await new Promise((resolve) => process.stdin.once('end', resolve));
