import { z } from 'zod';

import type { Message } from '../../kernel/ports/language-model.ts';
import type { ExecutionContext, ModelStepResult, ToolStepResult } from '../executions/index.ts';
import { parseParametersWith } from './parse-parameters.ts';
import { RepeatedCalls } from './repeated-calls.ts';
import type { Strategy } from './strategy.ts';
import { structuredAnswer } from './structured-answer.ts';

const parameters = z.strictObject({
  /** Model calls with tools; then an answer is asked for without them. */
  maxTurns: z.int().min(1).max(10_000).default(50),
  /** The same call with the same result, so many times, ends the search for more. */
  repeatLimit: z.int().min(2).max(1_000).default(3),
});

/**
 * Reason and act by turns (Yao et al., 2022, "ReAct: Synergizing reasoning and acting in language
 * models"), with the model's native tool calls: what it asks for in one turn runs in parallel, a
 * tool's failure is told to it, and the loop ends with an answer, a cap of turns or a call that
 * keeps giving the same.
 */
export const react: Strategy = {
  name: 'react',
  version: 1,
  description: 'Thinks and calls tools by turns until it can answer.',
  parseParameters: parseParametersWith('react', parameters),
  async run(context, { agent, messages, parameters: given }) {
    const { maxTurns, repeatLimit } = parameters.parse(given);
    const repeated = new RepeatedCalls(repeatLimit);
    const format = agent.outputSchema === undefined ? {} : { outputSchema: agent.outputSchema };
    let conversation: readonly Message[] = messages;
    let isFull = false;
    for (let turn = 1; ; turn += 1) {
      const stop = repeated.reason ?? capReason({ turn, maxTurns, isFull });
      if (stop !== undefined) conversation = [...conversation, finalRequest(stop)];
      const tools = stop === undefined ? context.tools : [];
      const answer = await context.model({ messages: conversation, tools, ...format });
      if (stop !== undefined || answer.toolCalls.length === 0) {
        return structuredAnswer(context, { agent, messages: conversation, answer });
      }
      // Room for the calls, and for the answer after them; else they are not made.
      isFull = answer.toolCalls.length >= context.stepsLeft;
      if (isFull) continue;
      const results = await callTools(context, answer);
      isFull = context.stepsLeft <= 1;
      for (const [index, call] of answer.toolCalls.entries()) repeated.see(call, results[index]);
      conversation = [...conversation, answer.message, ...results.map((result) => result.message)];
    }
  },
};

async function callTools(
  context: ExecutionContext,
  { toolCalls }: ModelStepResult,
): Promise<readonly ToolStepResult[]> {
  const [first] = toolCalls;
  if (first !== undefined && toolCalls.length === 1) return [await context.tool(first)];
  return context.all(toolCalls.map((call) => (branch: ExecutionContext) => branch.tool(call)));
}

function capReason(cap: {
  readonly turn: number;
  readonly maxTurns: number;
  readonly isFull: boolean;
}): string | undefined {
  if (cap.isFull) return 'The limit of steps is reached.';
  return cap.turn > cap.maxTurns ? `The limit of ${cap.maxTurns} turns is reached.` : undefined;
}

function finalRequest(reason: string): Message {
  const text = `${reason} Answer now with what you know, without calling tools, and say what is missing.`;
  return { role: 'user', content: [{ type: 'text', text }] };
}
