import { json, jsonError, pieces, sse, type ScriptedTurn, type Vendor } from './scripted-turn.ts';

const chatUsage = {
  prompt_tokens: 120,
  completion_tokens: 50,
  total_tokens: 170,
  prompt_tokens_details: { cached_tokens: 20 },
  completion_tokens_details: { reasoning_tokens: 10 },
};
const chatFinish = (turn: ScriptedTurn): string =>
  turn.length === true ? 'length' : turn.toolCalls === undefined ? 'stop' : 'tool_calls';

function chatChunk(delta: object, finish: string | null = null): object {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_760_000_000,
    model: 'served-model',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
  };
}

function chatChunks(turn: ScriptedTurn): object[] {
  return [
    chatChunk({ role: 'assistant', content: null }),
    ...pieces(turn.thought?.text ?? '').map((text) => chatChunk({ reasoning_content: text })),
    ...pieces(turn.text ?? '').map((text) => chatChunk({ content: text })),
    ...(turn.toolCalls ?? []).flatMap((call, index) => [
      chatChunk({
        tool_calls: [{ index, id: call.id, type: 'function', function: { name: call.name, arguments: '' } }],
      }),
      ...pieces(call.arguments).map((text) => chatChunk({ tool_calls: [{ index, function: { arguments: text } }] })),
    ]),
  ];
}

/** Chat Completions: OpenAI, Ollama, llama.cpp, vLLM, LM Studio. */
export const chatCompletions: Vendor = {
  answer: (turn) =>
    json({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1_760_000_000,
      model: 'served-model',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: turn.text ?? null,
            ...(turn.thought === undefined ? {} : { reasoning_content: turn.thought.text }),
            ...(turn.toolCalls === undefined
              ? {}
              : {
                  tool_calls: turn.toolCalls.map(({ id, name, arguments: text }) => ({
                    id,
                    type: 'function',
                    function: { name, arguments: text },
                  })),
                }),
          },
          finish_reason: chatFinish(turn),
        },
      ],
      usage: chatUsage,
    }),
  stream: (turn) =>
    sse([...chatChunks(turn), chatChunk({}, chatFinish(turn)), { ...chatChunk({}), choices: [], usage: chatUsage }], {
      done: true,
    }),
  unfinishedStream: (turn) => sse(chatChunks(turn)),
  failingStream: (turn) =>
    sse([...chatChunks(turn), { error: { message: 'engine is overloaded', type: 'server_error', code: 503 } }]),
  error: (failure) =>
    jsonError(failure, { error: { message: failure.message, type: 'some_error', param: null, code: null } }),
};
