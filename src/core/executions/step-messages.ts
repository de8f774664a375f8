import type { ErrorRecord } from '../../kernel/errors.ts';
import type { AssistantMessage, AssistantPart, ToolCallPart, ToolMessage } from '../../kernel/ports/language-model.ts';
import type { JsonValue } from '../../utils/json.ts';

/** What came of a tool call. */
export type ToolOutcome = { readonly output: JsonValue } | { readonly error: ErrorRecord };

/** A model step's answer, as the message for the calls after it. */
export function assistantMessage(content: readonly AssistantPart[]): AssistantMessage {
  return { role: 'assistant', content };
}

/** A tool step's outcome, as the message for the model; of a failure it is told code and message. */
export function toolMessage(call: Pick<ToolCallPart, 'id' | 'name'>, outcome: ToolOutcome): ToolMessage {
  const told =
    'error' in outcome
      ? { result: { code: outcome.error.code, message: outcome.error.message }, isError: true }
      : { result: outcome.output, isError: false };
  return { role: 'tool', content: [{ type: 'tool-result', id: call.id, name: call.name, ...told }] };
}
