import { createFactory, defineAgent, defineTool } from 'pygent-factory';
import { z } from 'zod';
const parameters = z.strictObject({ city: z.string() });
const execute = ({ city }: { city: string }) => ({ city, people: city === 'Vienna' ? 2_028_289 : null });
const people = defineTool({ name: 'people', description: 'People in a city.', effect: 'read', parameters, execute });
const clerk = defineAgent({ name: 'clerk', tools: ['people'] });
await using factory = await createFactory({ tools: [people], agents: [clerk] });
console.log((await factory.run('clerk', 'How many people live in Vienna?')).text);
