// The AI SDK's own loop: in memory, nothing is kept. Variants: `checked` arguments (a zod schema, as for the others),
// and `unchecked` ones (a bare JSON Schema), which is faster.
import { generateText, isStepCount, jsonSchema, tool } from 'ai';
import { z } from 'zod';

import { INSTRUCTIONS, square, TOOL_DESCRIPTION, TOOL_NAME } from '../arithmetic-task.ts';
import { serveRounds } from '../contender-process.ts';
import { createInstantModel } from '../instant-model.ts';

const model = createInstantModel();
let calls = 0;
const execute = (input) => {
  calls += 1;
  return square(input);
};
const unchecked = jsonSchema({
  type: 'object',
  properties: { number: { type: 'integer' } },
  required: ['number'],
  additionalProperties: false,
});
const toolsets = {
  checked: toolset(z.strictObject({ number: z.int() })),
  unchecked: toolset(unchecked),
};
const stopWhen = isStepCount(100_000);

function toolset(inputSchema) {
  return { [TOOL_NAME]: tool({ description: TOOL_DESCRIPTION, inputSchema, execute }) };
}

serveRounds({
  run: async ({ variant, question }) => {
    const tools = toolsets[variant];
    const { text } = await generateText({ model, tools, stopWhen, instructions: INSTRUCTIONS, prompt: question });
    return text;
  },
  calls: () => calls,
  close: async () => {},
});
