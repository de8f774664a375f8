import { json, jsonError, pieces, sse, type ScriptedTurn, type Vendor } from './scripted-turn.ts';

const anthropicUsage = {
  input_tokens: 100,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 20,
  output_tokens: 50,
  output_tokens_details: { thinking_tokens: 10 },
};
const anthropicStop = (turn: ScriptedTurn): string =>
  turn.length === true ? 'max_tokens' : turn.toolCalls === undefined ? 'end_turn' : 'tool_use';
const anthropicMessage = (content: readonly object[], stop: string | null): object => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'served-model',
  content,
  stop_reason: stop,
  stop_sequence: null,
  usage: anthropicUsage,
});

function anthropicEvents(turn: ScriptedTurn): object[] {
  const { thought, text, toolCalls = [] } = turn;
  const blocks: { readonly start: object; readonly deltas: readonly object[] }[] = [
    ...(thought === undefined
      ? []
      : [
          {
            start: { type: 'thinking', thinking: '', signature: '' },
            deltas: [
              ...pieces(thought.text).map((thinking) => ({ type: 'thinking_delta', thinking })),
              { type: 'signature_delta', signature: thought.signature },
            ],
          },
        ]),
    ...(text === undefined
      ? []
      : [
          {
            start: { type: 'text', text: '' },
            deltas: pieces(text).map((piece) => ({ type: 'text_delta', text: piece })),
          },
        ]),
    ...toolCalls.map((call) => ({
      start: { type: 'tool_use', id: call.id, name: call.name, input: {} },
      deltas: pieces(call.arguments).map((piece) => ({ type: 'input_json_delta', partial_json: piece })),
    })),
  ];
  return [
    { type: 'message_start', message: anthropicMessage([], null) },
    { type: 'ping' },
    ...blocks.flatMap(({ start, deltas }, index) => [
      { type: 'content_block_start', index, content_block: start },
      ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
      { type: 'content_block_stop', index },
    ]),
  ];
}

/** Anthropic’s Messages. */
export const anthropicMessages: Vendor = {
  answer: (turn) =>
    json(
      anthropicMessage(
        [
          ...(turn.thought === undefined
            ? []
            : [{ type: 'thinking', thinking: turn.thought.text, signature: turn.thought.signature }]),
          ...(turn.text === undefined ? [] : [{ type: 'text', text: turn.text }]),
          ...(turn.toolCalls ?? []).map((call) => ({
            type: 'tool_use',
            id: call.id,
            name: call.name,
            input: JSON.parse(call.arguments) as object,
          })),
        ],
        anthropicStop(turn),
      ),
    ),
  stream: (turn) =>
    sse([
      ...anthropicEvents(turn),
      {
        type: 'message_delta',
        delta: { stop_reason: anthropicStop(turn), stop_sequence: null },
        usage: anthropicUsage,
      },
      { type: 'message_stop' },
    ]),
  unfinishedStream: (turn) => sse(anthropicEvents(turn)),
  failingStream: (turn) =>
    sse([...anthropicEvents(turn), { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }]),
  error: (failure) =>
    jsonError(failure, { type: 'error', error: { type: 'some_error', message: failure.message }, request_id: 'req_1' }),
};
