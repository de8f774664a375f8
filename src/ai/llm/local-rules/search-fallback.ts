import { expressionIn } from './expression-text.ts';
import { asksTheClock, isQuestion, smallTalk } from './own-answers.ts';
import { textKind } from './text-kind.ts';
import type { ToolView } from './tool-view.ts';

const GENERAL_CORPUS =
  /\b(?:documents?|documentation|docs|knowledge[ -]?bases?|passages?|files|web|internet|notes|corpus|wiki|articles)\b/iu;

/**
 * A tool that searches everything there is (documents, the web), for questions that no narrower tool
 * serves; undefined where there is none or the request asks for no knowledge.
 */
export function generalSearch(tools: readonly ToolView[], request: string): ToolView | undefined {
  if (!isQuestion(request) && request.trim().split(/\s+/u).length < 3) return undefined;
  if (smallTalk(request) !== undefined || asksTheClock(request) || expressionIn(request) !== undefined)
    return undefined;
  return tools.find(isGeneralSearch);
}

export function isGeneralSearch(tool: ToolView): boolean {
  const required = tool.slots.filter((slot) => slot.required);
  const [only] = required;
  return (
    required.length === 1 &&
    only?.type === 'string' &&
    textKind(only) === 'query' &&
    /search|query|retrieve|look ?up/iu.test(`${tool.name} ${tool.description}`) &&
    GENERAL_CORPUS.test(`${tool.name.replaceAll(/[._]/gu, ' ')} ${tool.description}`)
  );
}
