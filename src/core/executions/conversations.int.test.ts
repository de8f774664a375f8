import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Gate } from '../../../tests/support/gate.ts';
import { CONTEXT, eventsOf, failureOf, Runtime } from '../../../tests/support/runtime-harness.ts';
import type { ScriptedCall } from '../../../tests/support/scripted-model.ts';
import type { Factory } from '../../index.ts';

let runtime: Runtime;
let factory: Factory;
beforeAll(async () => {
  runtime = await Runtime.create();
  factory = await runtime.open();
});
afterAll(() => runtime.end());

/** The prompt as `role: text` lines. */
function linesOf({ prompt }: ScriptedCall): readonly string[] {
  return prompt.map(({ role, content }) => {
    const text =
      typeof content === 'string' ? content : content.map((part) => (part.type === 'text' ? part.text : '')).join('');
    return `${role}: ${text}`;
  });
}

async function turnsOf(conversationId: string | undefined): Promise<readonly unknown[]> {
  return (await eventsOf(factory, `conversation-${conversationId}`)).map(({ data }) => data['taskId']);
}

describe('a conversation', () => {
  it('is told to the model in its order, failed turns without an answer', async () => {
    const agent = await runtime.agent(
      factory,
      (call) =>
        linesOf(call).at(-1) === 'user: break'
          ? { throws: new TypeError('broken') }
          : { text: `re: ${linesOf(call).at(-1)}` },
      { instructions: 'Be brief.', limits: { stepTimeoutSeconds: 5 } },
    );
    const first = await factory.run(agent, 'one');
    const conversation = { conversationId: first.task.conversationId };
    await factory.run(agent, 'two', conversation);
    const canceled = await factory.submit(agent, 'break', conversation);
    await factory.cancel(canceled.id);
    const { text, task } = await factory.run(agent, 'three', conversation);
    expect(text).toBe('re: user: three');
    const model = (await factory.parts.executionQueries.get(CONTEXT, task.executionId!)).model;
    expect(linesOf(runtime.models.calls(model).at(-1)!)).toEqual([
      'system: Be brief.',
      'user: one',
      'assistant: re: user: one',
      'user: two',
      'assistant: re: user: two',
      'user: break',
      'user: three',
    ]);
    expect(task.conversationId).toBe(first.task.conversationId);
  });

  it('may go on while a turn runs, which is then left out', async () => {
    const gate = new Gate();
    const agent = await runtime.agent(factory, async (call) => {
      if (call.last === 'slow') await gate.pass();
      return { text: linesOf(call).join(' | ') };
    });
    const first = await factory.run(agent, 'one');
    const { conversationId } = first.task;
    const slow = await factory.submit(agent, 'slow', { conversationId });
    await gate.reached();
    expect((await factory.run(agent, 'quick', { conversationId })).text).toBe(
      'user: one | assistant: user: one | user: quick',
    );
    gate.open();
    await factory.wait(slow.id);
    const { text } = await factory.run(agent, 'last', { conversationId });
    expect(text).toMatch(/user: slow \| .* \| user: quick \| .* \| user: last$/);
  });

  it('that there is not is refused', async () => {
    const agent = await runtime.agent(factory, () => ({ text: 'x' }));
    expect(await failureOf(factory.submit(agent, 'x', { conversationId: 'conv_unknown' }))).toMatch(
      /^CONVERSATION_NOT_FOUND/,
    );
    expect(await failureOf(factory.submit(agent, 'x', { conversationId: 'a\u0000b' }))).toMatch(
      /^CONVERSATION_NOT_FOUND/,
    );
  });

  it('gives each of many submissions at once a turn of its own', async () => {
    const agent = await runtime.agent(factory, () => ({ text: 'x' }));
    const { task } = await factory.run(agent, 'one');
    const { conversationId } = task;
    const two = await Promise.all([
      factory.submit(agent, 'a', { conversationId }),
      factory.submit(agent, 'b', { conversationId }),
    ]);
    expect((await turnsOf(conversationId)).toSorted()).toEqual([task.id, ...two.map(({ id }) => id)].toSorted());
    const twelve = await Promise.all(Array.from({ length: 12 }, () => factory.submit(agent, 'c', { conversationId })));
    expect(await turnsOf(conversationId)).toHaveLength(15);
    await Promise.all([...two, ...twelve].map(({ id }) => factory.wait(id)));
  });
});
