import { createFactory, defineAgent, defineTool } from 'pygent-factory';
import { z } from 'zod';

const parameters = z.strictObject({ city: z.string().describe('Name of the city') });
const population = defineTool({
  name: 'population',
  description: 'Tells how many people live in a city.',
  effect: 'read',
  parameters,
  execute: ({ city }) => ({ city, people: city === 'Vienna' ? 2_028_289 : null }),
});
const clerk = defineAgent({ name: 'clerk', tools: ['population'] });
await using factory = await createFactory({ tools: [population], agents: [clerk] });
const { text } = await factory.run('clerk', 'How many people live in Vienna?');
console.log(text);
