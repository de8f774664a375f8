import { chatCompletions } from './chat-completions.ts';
import { json, pieces, sse, type ScriptedTurn, type Vendor } from './scripted-turn.ts';

type Item = Readonly<Record<string, unknown>>;

function responseItems(turn: ScriptedTurn): Item[] {
  const { thought, text, toolCalls = [] } = turn;
  return [
    ...(thought === undefined
      ? []
      : [
          {
            id: 'rs_1',
            type: 'reasoning',
            encrypted_content: thought.signature,
            summary: [{ type: 'summary_text', text: thought.text }],
          },
        ]),
    ...(text === undefined
      ? []
      : [
          {
            id: 'msg_1',
            type: 'message',
            status: 'completed',
            role: 'assistant',
            content: [{ type: 'output_text', text, annotations: [], logprobs: [] }],
          },
        ]),
    ...toolCalls.map((call, index) => ({
      id: `fc_${index}`,
      type: 'function_call',
      status: 'completed',
      call_id: call.id,
      name: call.name,
      arguments: call.arguments,
    })),
  ];
}

function responseObject(turn: ScriptedTurn, status = 'completed'): object {
  const output = status === 'completed' ? responseItems(turn) : [];
  return {
    id: 'resp_1',
    object: 'response',
    created_at: 1_760_000_000,
    model: 'served-model',
    error: null,
    output,
    status: turn.length === true && status === 'completed' ? 'incomplete' : status,
    incomplete_details: turn.length === true ? { reason: 'max_output_tokens' } : null,
    usage: {
      input_tokens: 120,
      output_tokens: 50,
      total_tokens: 170,
      input_tokens_details: { cached_tokens: 20 },
      output_tokens_details: { reasoning_tokens: 10 },
    },
  };
}

function responseEvents(turn: ScriptedTurn): object[] {
  const running = { ...responseObject(turn, 'in_progress'), usage: null };
  return [
    { type: 'response.created', response: running },
    { type: 'response.in_progress', response: running },
    ...responseItems(turn).flatMap((item, index) => itemEvents(item, index)),
  ];
}

function itemEvents(item: Item, index: number): object[] {
  const place = { output_index: index, item_id: item['id'] };
  const added = (empty: object): object => ({
    type: 'response.output_item.added',
    output_index: index,
    item: { ...item, ...empty },
  });
  const done = { type: 'response.output_item.done', output_index: index, item };
  const deltas = (text: string, event: object): object[] =>
    pieces(text).map((delta) => ({ ...event, ...place, delta }));
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
      ...deltas(text, { type: 'response.reasoning_summary_text.delta', summary_index: 0 }),
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
      ...deltas(text, { type: 'response.output_text.delta', content_index: 0, logprobs: [] }),
      done,
    ];
  }
  const text = String(item['arguments']);
  return [
    added({ arguments: '', status: 'in_progress' }),
    ...deltas(text, { type: 'response.function_call_arguments.delta' }),
    { type: 'response.function_call_arguments.done', ...place, arguments: text },
    done,
  ];
}

/** OpenAI’s Responses. */
export const openaiResponses: Vendor = {
  answer: (turn) => json(responseObject(turn)),
  stream: (turn) =>
    sse([
      ...responseEvents(turn),
      {
        type: turn.length === true ? 'response.incomplete' : 'response.completed',
        response: responseObject(turn),
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
