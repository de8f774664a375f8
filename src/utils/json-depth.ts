/** Deeper than any JSON of ours; what lies deeper exhausts the stack of whoever walks it. */
export const MOST_JSON_LEVELS = 100;

const OPENING = new Set(['{'.charCodeAt(0), '['.charCodeAt(0)]);
const CLOSING = new Set(['}'.charCodeAt(0), ']'.charCodeAt(0)]);
const QUOTE = '"'.charCodeAt(0);
const BACKSLASH = '\\'.charCodeAt(0);

/** Whether objects and arrays lie deeper than so many levels in a JSON text; found out without parsing it. */
export function nestsDeeperThan(text: string, levels: number): boolean {
  let depth = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (quoted && unit === BACKSLASH) index += 1;
    else if (unit === QUOTE) quoted = !quoted;
    else if (!quoted && OPENING.has(unit)) depth += 1;
    else if (!quoted && CLOSING.has(unit)) depth -= 1;
    if (depth > levels) return true;
  }
  return false;
}
