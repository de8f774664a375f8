// A strategy of one's own that asks a person before it goes on.
import assert from 'node:assert/strict';

import { createFactory, defineAgent, type Strategy } from 'pygent-factory';

const announce: Strategy = {
  name: 'announce',
  version: 1,
  description: 'Publishes a text once a person has approved it.',
  parseParameters: (parameters) => parameters,
  async run(context, { messages }) {
    const draft = await context.model({ messages, tools: [] });
    const approval = await context.approval({ question: 'Publish this?', details: { text: draft.text } });
    if (!approval.approved) return { content: [{ type: 'text', text: `Not published: ${approval.comment ?? ''}` }] };
    await context.code({ name: 'publish', effect: 'once', run: () => published.push(draft.text) });
    return { content: [{ type: 'text', text: `Published, as ${approval.by} approved.` }] };
  },
};

const published: string[] = [];
await using factory = await createFactory({
  strategies: [announce],
  agents: [defineAgent({ name: 'herald', model: 'local/rules', strategy: { name: 'announce' } })],
});

const asked = await factory.run('herald', 'What is 6 * 7?');
assert.equal(asked.task.state, 'input-required');
assert.equal(asked.task.waiting[0]?.question, 'Publish this?');
assert.deepEqual(published, []);

await factory.resolve(asked.task.id, { decision: 'approve' });
const approved = await factory.wait(asked.task.id);
assert.equal(approved.state, 'completed');
assert.equal(published.length, 1);
assert.match(published[0] ?? '', /42/);

const second = await factory.run('herald', 'What is 1 + 1?');
await factory.resolve(second.task.id, { decision: 'reject', comment: 'too dull' });
const rejected = await factory.wait(second.task.id);
assert.equal(rejected.output?.text, 'Not published: too dull');
assert.equal(published.length, 1);
console.log(approved.output?.text, rejected.output?.text);
