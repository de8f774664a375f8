import { z } from 'zod';

import { parseParametersWith } from './parse-parameters.ts';
import type { Strategy } from './strategy.ts';
import { structuredAnswer } from './structured-answer.ts';

const parameters = z.strictObject({});

/** One model call, without tools: the answer as it comes. */
export const direct: Strategy = {
  name: 'direct',
  version: 1,
  description: 'One model call, without tools.',
  parseParameters: parseParametersWith('direct', parameters),
  run: async (context, { agent, messages }) =>
    structuredAnswer(context, {
      agent,
      messages,
      answer: await context.model({ messages, tools: [], ...responseFormat(agent) }),
    }),
};

function responseFormat({ outputSchema }: Parameters<Strategy['run']>[1]['agent']) {
  return outputSchema === undefined ? {} : { outputSchema };
}
