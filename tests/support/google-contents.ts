import { json, jsonError, pieces, sse, type ScriptedTurn, type Vendor } from './scripted-turn.ts';

function googleChunk(parts: readonly object[], finish?: string): object {
  return {
    candidates: [
      { content: { parts, role: 'model' }, index: 0, ...(finish === undefined ? {} : { finishReason: finish }) },
    ],
    usageMetadata: {
      promptTokenCount: 120,
      candidatesTokenCount: 40,
      thoughtsTokenCount: 10,
      totalTokenCount: 170,
      cachedContentTokenCount: 20,
    },
    modelVersion: 'served-model',
    responseId: 'response-1',
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

/** Google’s generateContent. */
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
  error: (failure) =>
    jsonError(failure, {
      error: { code: failure.status, message: failure.message, status: 'SOME_STATUS', details: [] },
    }),
};
