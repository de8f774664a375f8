/** The shapes of the providers' keys, for keys that are not ours but stand in their messages. */
const KEY_SHAPES = /\b(?:sk-[\w*-]{6,}|AIza[\w*-]{10,}|Bearer\s+[\w.*~+/=-]{8,})/g;
/** Shorter keys (`ollama`, `none`) are placeholders, and would tear words out of a message. */
const SHORTEST_SECRET = 8;

/** The text without the secrets and without anything that has the shape of a provider's key. */
export function redactSecrets(text: string, secrets: readonly string[]): string {
  let redacted = text;
  for (const secret of secrets) {
    if (secret.length >= SHORTEST_SECRET) redacted = redacted.replaceAll(secret, '[redacted]');
  }
  return redacted.replace(KEY_SHAPES, '[redacted]');
}
