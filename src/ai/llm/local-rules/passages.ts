import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../../utils/json.ts';
import type { Source } from './conversation-view.ts';

/** A piece of a document that may answer a question. */
export interface Passage {
  /** What stands before the lines in a citation. */
  readonly path: string;
  /** Line number (from 1) of the text's first line. */
  readonly startLine: number;
  readonly title: string;
  readonly text: string;
  /** How the search cites it; absent where no search found it. */
  readonly citation?: string;
  /** How well it fits the query of the search, 0 to 1. */
  readonly score?: number;
}

/**
 * The passages in a tool's answer: those of a search (`{ results: [{ path, startLine, text }] }`) or
 * the one of a reading (`{ path, startLine, text }`); undefined where the answer is something else.
 */
export function passagesIn(value: JsonValue): readonly Passage[] | undefined {
  if (!isJsonObject(value)) return undefined;
  const results = value['results'] ?? value['passages'];
  if (isJsonArray(results)) {
    const passages = results.flatMap((each) => (isJsonObject(each) ? passageOf(each) : []));
    return passages.length > 0 || results.length === 0 ? passages : undefined;
  }
  const single = passageOf(value);
  return single.length > 0 ? single : undefined;
}

function passageOf(value: JsonObject): readonly Passage[] {
  const { path, text, startLine, title, citation, score } = value;
  if (typeof text !== 'string' || typeof path !== 'string') return [];
  return [
    {
      path,
      text,
      startLine: typeof startLine === 'number' ? startLine : 1,
      title: typeof title === 'string' ? title : '',
      ...(typeof citation === 'string' ? { citation } : {}),
      ...(typeof score === 'number' ? { score } : {}),
    },
  ];
}

/** A text of the conversation as a passage. */
export function passageOfSource({ name, text }: Source): Passage {
  return { path: name, startLine: 1, title: '', text };
}
