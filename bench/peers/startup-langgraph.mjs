// The graph of langgraph.mjs without its model, which belongs to another package.
import { reportStartup } from '../report-startup.mjs';

await reportStartup(async () => {
  const { END, MessagesAnnotation, START, StateGraph } = await import('@langchain/langgraph');
  const { ToolNode, toolsCondition } = await import('@langchain/langgraph/prebuilt');
  const { tool } = await import('@langchain/core/tools');
  const { z } = await import('zod');
  const square = tool(({ number }) => number * number, {
    name: 'square',
    description: 'The square of a whole number.',
    schema: z.strictObject({ number: z.int() }),
  });
  return new StateGraph(MessagesAnnotation)
    .addNode('model', async ({ messages }) => ({ messages: [messages.at(-1)] }))
    .addNode('tools', new ToolNode([square]))
    .addEdge(START, 'model')
    .addConditionalEdges('model', toolsCondition, ['tools', END])
    .addEdge('tools', 'model')
    .compile();
});
