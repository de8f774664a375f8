import type { LanguageModelV4Prompt } from '@ai-sdk/provider';

const PIECE = /[\p{L}\p{M}]+|\p{N}+|[^\s\p{L}\p{M}\p{N}]/gu;
const LETTERS_PER_TOKEN = 6;
const DIGITS_PER_TOKEN = 3;

/**
 * The tokens of Local Rules: a token is up to six letters of a word, up to three digits of a number, or
 * one other character; white space is free. Comparable in size to those of language models, no more.
 */
export function countTokens(text: string): number {
  let count = 0;
  for (const [piece] of text.matchAll(PIECE)) count += tokensOf(piece);
  return count;
}

function tokensOf(piece: string): number {
  if (/^\p{N}/u.test(piece)) return Math.ceil(piece.length / DIGITS_PER_TOKEN);
  return /^[\p{L}\p{M}]/u.test(piece) ? Math.ceil(piece.length / LETTERS_PER_TOKEN) : 1;
}

/** The text cut after so many tokens, and whether it was cut. */
export function cutToTokens(text: string, limit: number): { readonly text: string; readonly cut: boolean } {
  let count = 0;
  for (const match of text.matchAll(PIECE)) {
    count += tokensOf(match[0]);
    if (count > limit) return { text: text.slice(0, match.index).trimEnd(), cut: true };
  }
  return { text, cut: false };
}

/** Tokens of everything in a prompt that Local Rules reads as text. */
export function countPromptTokens(prompt: LanguageModelV4Prompt, tools: unknown): number {
  const parts = prompt.map((message) =>
    typeof message.content === 'string' ? message.content : JSON.stringify(message.content, withoutBytes),
  );
  return countTokens(parts.join('\n')) + (tools === undefined ? 0 : countTokens(JSON.stringify(tools)));
}

function withoutBytes(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? `${value.byteLength} bytes` : value;
}
