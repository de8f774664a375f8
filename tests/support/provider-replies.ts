import type { Reply } from './provider-server.ts';

/** An answer of a model, to be put into the words of each vendor. */
export interface ScriptedTurn {
  /** `signature` is what the vendor wants back: a signature, or encrypted content. */
  readonly thought?: { readonly text: string; readonly signature: string };
  readonly text?: string;
  /** `arguments` is the text as the model wrote it. */
  readonly toolCalls?: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
  readonly length?: boolean;
}

/** A vendor's wire format; the shapes are those of its public API reference. */
export interface Vendor {
  readonly answer: (turn: ScriptedTurn) => Reply;
  readonly stream: (turn: ScriptedTurn) => Reply;
  /** A stream that ends properly as HTTP goes, but without the words that end an answer. */
  readonly unfinishedStream: (turn: ScriptedTurn) => Reply;
  /** A failure in the middle of a stream that began well. */
  readonly failingStream: (turn: ScriptedTurn) => Reply;
  readonly error: (status: number, message: string, headers?: Readonly<Record<string, string>>) => Reply;
}

/** The tokens every scripted turn counts. */
export const SCRIPTED_USAGE = { inputTokens: 120, outputTokens: 50, cachedInputTokens: 20, reasoningTokens: 10 };

/** Small enough to cut every character of more than one byte and every line apart. */
const PIECE_BYTES = 7;
const EVENT_STREAM = { 'content-type': 'text/event-stream; charset=utf-8' };

export function sse(events: readonly object[], options: Partial<Reply> & { readonly done?: boolean } = {}): Reply {
  const { done = false, ...reply } = options;
  const lines = events.map((event) => {
    const name = 'type' in event && typeof event.type === 'string' ? `event: ${event.type}\n` : '';
    return `${name}data: ${JSON.stringify(event)}\n\n`;
  });
  return {
    headers: EVENT_STREAM,
    body: lines.join('') + (done ? 'data: [DONE]\n\n' : ''),
    pieceBytes: PIECE_BYTES,
    ...reply,
  };
}

const json = (body: object): Reply => ({ body: JSON.stringify(body) });
const jsonError = (status: number, body: object, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});
/** In pieces of three characters, as tokens come. */
const pieces = (text: string): string[] => text.match(/[\s\S]{1,3}/gu) ?? [];

// --- Chat Completions: OpenAI, Ollama, llama.cpp, vLLM, LM Studio -----------------------------

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
    ...{ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_760_000_000, model: 'served-model' },
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
  };
}

export function chatChunks(turn: ScriptedTurn): object[] {
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

export const chatCompletions: Vendor = {
  answer: (turn) =>
    json({
      ...{ id: 'chatcmpl-1', object: 'chat.completion', created: 1_760_000_000, model: 'served-model' },
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
                    ...{ id, type: 'function', function: { name, arguments: text } },
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
  error: (status, message, headers) =>
    jsonError(status, { error: { message, type: 'some_error', param: null, code: null } }, headers),
};

// --- OpenAI Responses --------------------------------------------------------------------------

type Item = Readonly<Record<string, unknown>>;

function responseItems(turn: ScriptedTurn): Item[] {
  const { thought, text, toolCalls = [] } = turn;
  return [
    ...(thought === undefined
      ? []
      : [
          {
            ...{ id: 'rs_1', type: 'reasoning', encrypted_content: thought.signature },
            summary: [{ type: 'summary_text', text: thought.text }],
          },
        ]),
    ...(text === undefined
      ? []
      : [
          {
            ...{ id: 'msg_1', type: 'message', status: 'completed', role: 'assistant' },
            content: [{ type: 'output_text', text, annotations: [], logprobs: [] }],
          },
        ]),
    ...toolCalls.map((call, index) => ({
      ...{ id: `fc_${index}`, type: 'function_call', status: 'completed' },
      ...{ call_id: call.id, name: call.name, arguments: call.arguments },
    })),
  ];
}

function responseObject(turn: ScriptedTurn, output: readonly Item[], status = 'completed'): object {
  return {
    ...{ id: 'resp_1', object: 'response', created_at: 1_760_000_000, model: 'served-model', error: null, output },
    status: turn.length === true && status === 'completed' ? 'incomplete' : status,
    incomplete_details: turn.length === true ? { reason: 'max_output_tokens' } : null,
    usage: {
      ...{ input_tokens: 120, output_tokens: 50, total_tokens: 170 },
      ...{ input_tokens_details: { cached_tokens: 20 }, output_tokens_details: { reasoning_tokens: 10 } },
    },
  };
}

function responseEvents(turn: ScriptedTurn): object[] {
  const running = { ...responseObject(turn, [], 'in_progress'), usage: null };
  return [
    { type: 'response.created', response: running },
    { type: 'response.in_progress', response: running },
    ...responseItems(turn).flatMap((item, index) => itemEvents(item, index)),
  ];
}

function itemEvents(item: Item, index: number): object[] {
  const place = { output_index: index, item_id: item['id'] };
  const added = (empty: object): object => ({
    ...{ type: 'response.output_item.added', output_index: index, item: { ...item, ...empty } },
  });
  const done = { type: 'response.output_item.done', output_index: index, item };
  const deltas = (type: string, text: string, more: object = {}): object[] =>
    pieces(text).map((delta) => ({ type, ...place, ...more, delta }));
  if (item['type'] === 'reasoning') {
    const [{ text }] = item['summary'] as [{ text: string }];
    return [
      added({ summary: [], encrypted_content: null }),
      {
        type: 'response.reasoning_summary_part.added',
        ...place,
        summary_index: 0,
        part: { type: 'summary_text', text: '' },
      },
      ...deltas('response.reasoning_summary_text.delta', text, { summary_index: 0 }),
      {
        type: 'response.reasoning_summary_part.done',
        ...place,
        summary_index: 0,
        part: { type: 'summary_text', text },
      },
      done,
    ];
  }
  if (item['type'] === 'message') {
    const [{ text }] = item['content'] as [{ text: string }];
    return [
      added({ content: [] }),
      ...deltas('response.output_text.delta', text, { content_index: 0, logprobs: [] }),
      done,
    ];
  }
  const text = String(item['arguments']);
  return [
    added({ arguments: '', status: 'in_progress' }),
    ...deltas('response.function_call_arguments.delta', text),
    { type: 'response.function_call_arguments.done', ...place, arguments: text },
    done,
  ];
}

export const openaiResponses: Vendor = {
  answer: (turn) => json(responseObject(turn, responseItems(turn))),
  stream: (turn) =>
    sse([
      ...responseEvents(turn),
      {
        type: turn.length === true ? 'response.incomplete' : 'response.completed',
        response: responseObject(turn, responseItems(turn)),
      },
    ]),
  unfinishedStream: (turn) => sse(responseEvents(turn)),
  failingStream: (turn) =>
    sse([
      ...responseEvents(turn),
      {
        type: 'error',
        sequence_number: 9,
        error: { type: 'server_error', code: 'server_error', message: 'overloaded', param: null },
      },
    ]),
  error: chatCompletions.error,
};

// --- Anthropic Messages ------------------------------------------------------------------------

const anthropicUsage = {
  ...{ input_tokens: 100, cache_creation_input_tokens: 0, cache_read_input_tokens: 20, output_tokens: 50 },
  output_tokens_details: { thinking_tokens: 10 },
};
const anthropicStop = (turn: ScriptedTurn): string =>
  turn.length === true ? 'max_tokens' : turn.toolCalls === undefined ? 'end_turn' : 'tool_use';
const anthropicMessage = (content: readonly object[], stop: string | null): object => ({
  ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'served-model', content },
  ...{ stop_reason: stop, stop_sequence: null, usage: anthropicUsage },
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
            ...{ type: 'tool_use', id: call.id, name: call.name, input: JSON.parse(call.arguments) as object },
          })),
        ],
        anthropicStop(turn),
      ),
    ),
  stream: (turn) =>
    sse([
      ...anthropicEvents(turn),
      {
        ...{ type: 'message_delta', delta: { stop_reason: anthropicStop(turn), stop_sequence: null } },
        usage: anthropicUsage,
      },
      { type: 'message_stop' },
    ]),
  unfinishedStream: (turn) => sse(anthropicEvents(turn)),
  failingStream: (turn) =>
    sse([...anthropicEvents(turn), { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }]),
  error: (status, message, headers) =>
    jsonError(status, { type: 'error', error: { type: 'some_error', message }, request_id: 'req_1' }, headers),
};

// --- Google generateContent ----------------------------------------------------------------------

function googleChunk(parts: readonly object[], finish?: string): object {
  return {
    candidates: [
      { content: { parts, role: 'model' }, index: 0, ...(finish === undefined ? {} : { finishReason: finish }) },
    ],
    usageMetadata: {
      ...{ promptTokenCount: 120, candidatesTokenCount: 40, thoughtsTokenCount: 10, totalTokenCount: 170 },
      cachedContentTokenCount: 20,
    },
    ...{ modelVersion: 'served-model', responseId: 'response-1' },
  };
}

const googleFinish = (turn: ScriptedTurn): string => (turn.length === true ? 'MAX_TOKENS' : 'STOP');

/** Gemini signs the first call of a step, or else the text. */
function googleParts(turn: ScriptedTurn, split: (text: string) => readonly string[]): object[] {
  const { thought, text, toolCalls = [] } = turn;
  const signed = (index: number): object =>
    thought === undefined || index > 0 ? {} : { thoughtSignature: thought.signature };
  return [
    ...split(thought?.text ?? '').map((piece) => ({ text: piece, thought: true })),
    ...split(text ?? '').map((piece) => ({ text: piece })),
    ...toolCalls.map((call, index) => ({
      functionCall: { id: call.id, name: call.name, args: JSON.parse(call.arguments) as object },
      ...signed(index),
    })),
    ...(toolCalls.length === 0 && thought !== undefined ? [{ text: '', thoughtSignature: thought.signature }] : []),
  ];
}

const whole = (text: string): readonly string[] => (text === '' ? [] : [text]);

export const googleContents: Vendor = {
  answer: (turn) => json(googleChunk(googleParts(turn, whole), googleFinish(turn))),
  stream: (turn) => {
    const chunks = googleParts(turn, pieces).map((part) => [part]);
    const last = chunks.pop() ?? [];
    return sse([...chunks.map((parts) => googleChunk(parts)), googleChunk(last, googleFinish(turn))]);
  },
  unfinishedStream: (turn) => sse(googleParts(turn, pieces).map((part) => googleChunk([part]))),
  failingStream: (turn) =>
    sse([
      ...googleParts(turn, pieces).map((part) => googleChunk([part])),
      { error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } },
    ]),
  error: (status, message, headers) =>
    jsonError(status, { error: { code: status, message, status: 'SOME_STATUS', details: [] } }, headers),
};
