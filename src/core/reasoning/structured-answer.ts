import { AppError } from '../../kernel/errors.ts';
import type { Message } from '../../kernel/ports/language-model.ts';
import type { JsonObject, JsonValue } from '../../utils/json.ts';
import { MOST_JSON_LEVELS, nestsDeeperThan } from '../../utils/json-depth.ts';
import type { AgentDefinition } from '../agents/index.ts';
import type { ExecutionContext, FunctionResult, ModelStepResult } from '../executions/index.ts';
import { schemaErrors } from '../tools/index.ts';

const REPAIRS = 2;

interface Answered {
  readonly agent: AgentDefinition;
  readonly messages: readonly Message[];
  readonly answer: ModelStepResult;
}

/**
 * The answer, as it is where the agent has no output schema. Where it has one and the answer
 * doesn't fit it, the model is told what is wrong and asked again, at most twice.
 * @throws AppError MODEL_OUTPUT_INVALID naming what still doesn't fit, or where it calls tools instead of answering
 */
export async function structuredAnswer(
  context: ExecutionContext,
  { agent, messages, answer }: Answered,
): Promise<FunctionResult> {
  if (answer.toolCalls.length > 0 && answer.text.trim() === '') {
    throw new AppError('MODEL_OUTPUT_INVALID', 'the model was asked for an answer and called a tool instead');
  }
  const { outputSchema } = agent;
  if (outputSchema === undefined) return { content: answer.content };
  let current = answer;
  let conversation = messages;
  for (let repair = 0; ; repair += 1) {
    const { faults, text } = read(current.text, outputSchema);
    if (faults.length === 0) return { content: [{ type: 'text', text }] };
    if (repair === REPAIRS) {
      throw new AppError('MODEL_OUTPUT_INVALID', `the answer does not fit the output schema: ${faults.join('; ')}`, {
        details: { faults },
      });
    }
    conversation = [...conversation, current.message, correction(faults)];
    current = await context.model({ messages: conversation, tools: [], outputSchema: outputSchema });
  }
}

/** The JSON in an answer, bare or in a fenced block, and what is wrong with it. */
function read(answer: string, schema: JsonObject): { readonly faults: readonly string[]; readonly text: string } {
  const fenced = /^\s*```(?:json)?\s*\n(?<body>[\s\S]*?)\n?```\s*$/.exec(answer)?.groups?.['body'];
  const text = (fenced ?? answer).trim();
  if (nestsDeeperThan(text, MOST_JSON_LEVELS)) {
    return { faults: [`it is nested deeper than ${MOST_JSON_LEVELS} levels`], text };
  }
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch (error) {
    return { faults: [`it is not JSON (${error instanceof Error ? error.message : String(error)})`], text };
  }
  return { faults: schemaErrors(schema, value), text };
}

function correction(faults: readonly string[]): Message {
  const text = `That does not fit the schema of the answer: ${faults.join('; ')}. Answer again with JSON alone.`;
  return { role: 'user', content: [{ type: 'text', text }] };
}
