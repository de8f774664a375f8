import type { Reading } from './reading.ts';

const REQUEST_OPENING =
  /^(?:(?:please|hi|hello|hey|ok|okay|so)[,!.\s]+)*(?:(?:can|could|would|will) you (?:please )?)?(?:(?:please )?(?:search|look)(?: the (?:web|internet|documents|docs|files))? (?:for|up)|search (?:the )?(?:web|internet|documents|docs) for|find (?:me )?(?:information (?:on|about) )?|google|look into|tell me about|i want to know(?: about)?)\s+/iu;

/** What a search should look for: the quoted part, or the request without its polite opening. */
export function queryText(reading: Reading): string {
  const only = reading.quoted.length === 1 ? reading.quoted[0] : undefined;
  if (only && only.text.split(/\s+/u).length > 1) return only.text;
  const stripped = reading.text
    .trim()
    .replace(REQUEST_OPENING, '')
    .replace(/[\s.?!]+$/u, '')
    .trim();
  return stripped === '' ? reading.text.trim() : stripped;
}

/** What a message should say: the quoted part, or what follows "saying", "that", or a colon. */
export function messageText(reading: Reading): string | undefined {
  const announced =
    /\b(?:saying|that says|which says|says|with (?:the )?(?:message|text|content|body)|about|titled|called|named|reading)\s*:?\s+(?<said>[^\n]+)|:\s+(?<colon>[^\n]+)$/iu.exec(
      reading.text,
    );
  const said = announced?.groups?.['said'] ?? announced?.groups?.['colon'];
  return said?.trim().replace(/^["'“‘]|["'”’]?[.?!]*$/gu, '');
}
