import type { ErrorRecord } from '../../kernel/errors.ts';
import type { AssistantMessage, AssistantPart, ToolCallPart, ToolMessage } from '../../kernel/ports/language-model.ts';
import type { JsonValue } from '../../utils/json.ts';

/** A model's answer as the message that stands for it in later calls. */
export function assistantMessage(content: readonly AssistantPart[]): AssistantMessage {
  return { role: 'assistant', content };
}

/** A tool's answer, or its failure as `{code, message}`, as the message that tells the model of it. */
export function toolMessage(
  call: Pick<ToolCallPart, 'id' | 'name'>,
  outcome: { readonly output: JsonValue } | { readonly error: ErrorRecord },
): ToolMessage {
  const isError = 'error' in outcome;
  const result = isError ? { code: outcome.error.code, message: outcome.error.message } : outcome.output;
  return { role: 'tool', content: [{ type: 'tool-result', id: call.id, name: call.name, result, isError }] };
}
