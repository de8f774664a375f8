/** CSI, OSC, DCS and the shorter escape sequences (ECMA-48), whole or up to the end of the text. */
const ESCAPE_SEQUENCES =
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?|(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-~]?/g;
/** Control characters but tab and line feed, and the marks that turn the direction of text around. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL_CHARACTERS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * A text that does nothing to a terminal but stand there: what came from a model, a tool or a user
 * may hold sequences that move the cursor, rename the window or fill the clipboard.
 */
export function readableText(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll(ESCAPE_SEQUENCES, '').replaceAll(CONTROL_CHARACTERS, '');
}

/** A copy of JSON data with every string and every key made readable. */
export function readable<Value>(value: Value): Value {
  if (typeof value === 'string') return readableText(value) as Value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => readable(item)) as Value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [readableText(key), readable(item)])) as Value;
}

/** JSON in which nothing is left that a terminal obeys; it parses to the same value. */
export function readableJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replaceAll(
    // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
    /[\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
