// LangGraph.js: the agent graph of its documentation. Variants: `memory` (no checkpoints), and checkpoints in
// PostgreSQL with the durability `async` or `sync`. The pool is pg's default: a larger one made no difference.
import { randomUUID } from 'node:crypto';

import { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { AIMessage, HumanMessage, isAIMessage, isToolMessage, SystemMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { PostgresSaver } from '@langchain/langgraph-checkpoint-postgres';
import { ToolNode } from '@langchain/langgraph/prebuilt';
import { Pool } from 'pg';
import { z } from 'zod';

import { decide, INSTRUCTIONS, square, TOOL_DESCRIPTION, TOOL_NAME } from '../arithmetic-task.ts';
import { serveRounds } from '../contender-process.ts';

/** A chat model that answers at once, by the rule of the arithmetic task. */
class InstantChatModel extends BaseChatModel {
  _llmType() {
    return 'instant';
  }

  async _generate(messages) {
    const asked = messages.find((message) => message.type === 'human').content;
    const decision = decide(asked, {
      last: squaresIn(messages.at(-1)).at(-1),
      all: () => messages.flatMap(squaresIn),
    });
    const text = 'text' in decision ? decision.text : '';
    const toolCalls =
      'text' in decision
        ? []
        : [{ type: 'tool_call', id: `call-${decision.call}`, name: TOOL_NAME, args: { number: decision.call } }];
    return { generations: [{ text, message: new AIMessage({ content: text, tool_calls: toolCalls }) }] };
  }
}

function squaresIn(message) {
  return isToolMessage(message) ? [JSON.parse(message.content)] : [];
}

let calls = 0;
const squareTool = tool(
  (input) => {
    calls += 1;
    return square(input);
  },
  { name: TOOL_NAME, description: TOOL_DESCRIPTION, schema: z.strictObject({ number: z.int() }) },
);

const model = new InstantChatModel({});
const pool = new Pool(JSON.parse(process.argv[2]));
const checkpointer = new PostgresSaver(pool);
await checkpointer.setup();
const builder = new StateGraph(MessagesAnnotation)
  .addNode('model', async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
  .addNode('tools', new ToolNode([squareTool]))
  .addEdge(START, 'model')
  .addConditionalEdges('model', ({ messages }) => (callsTool(messages.at(-1)) ? 'tools' : END), ['tools', END])
  .addEdge('tools', 'model');
const durable = builder.compile({ checkpointer });
const inMemory = builder.compile();

function callsTool(message) {
  return isAIMessage(message) && (message.tool_calls?.length ?? 0) > 0;
}

serveRounds({
  run: async ({ variant, question }) => {
    const input = { messages: [new SystemMessage(INSTRUCTIONS), new HumanMessage(question)] };
    const recursionLimit = 100_000;
    const { messages } =
      variant === 'memory'
        ? await inMemory.invoke(input, { recursionLimit })
        : await durable.invoke(input, {
            configurable: { thread_id: randomUUID() },
            durability: variant,
            recursionLimit,
          });
    return messages.at(-1).content;
  },
  calls: () => calls,
  close: () => pool.end(),
});
