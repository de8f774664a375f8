// An agent that hands a task to another one: each delegate is a tool named `agent.<name>`.
import assert from 'node:assert/strict';

import { createFactory, defineAgent } from 'pygent-factory';

const accountant = defineAgent({
  name: 'accountant',
  description: 'Calculates sums, products and percentages.',
  model: 'local/rules',
  tools: ['calculate'],
});
const clerk = defineAgent({ name: 'clerk', model: 'local/rules', delegates: ['accountant'] });

// A delegate must be there before the agent that names it.
await using factory = await createFactory({ agents: [accountant, clerk] });
const { text } = await factory.run('clerk', 'Hand this to the accountant: "17% of 2350"');
console.log(text);
assert.match(text, /399\.5/);
