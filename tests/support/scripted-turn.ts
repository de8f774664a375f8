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

/** An answer of a server that gives no answer of a model. */
export interface ScriptedFailure {
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A vendor's wire format; the shapes are those of its public API reference. */
export interface Vendor {
  readonly answer: (turn: ScriptedTurn) => Reply;
  readonly stream: (turn: ScriptedTurn) => Reply;
  /** A stream that ends properly as HTTP goes, but without the words that end an answer. */
  readonly unfinishedStream: (turn: ScriptedTurn) => Reply;
  /** A failure in the middle of a stream that began well. */
  readonly failingStream: (turn: ScriptedTurn) => Reply;
  readonly error: (failure: ScriptedFailure) => Reply;
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

/** A plain answer. */
export const json = (body: object): Reply => ({ body: JSON.stringify(body) });
/** An answer that is an error. */
export const jsonError = ({ status, headers }: ScriptedFailure, body: object): Reply => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});
/** In pieces of three characters, as tokens come. */
export const pieces = (text: string): string[] => text.match(/[\s\S]{1,3}/gu) ?? [];
