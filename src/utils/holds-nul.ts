/** Whether the text has the character U+0000 in it, which no text in PostgreSQL can hold. */
export function holdsNul(text: string | undefined): boolean {
  return text?.includes('\0') === true;
}
