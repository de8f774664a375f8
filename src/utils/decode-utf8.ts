/** The text of UTF-8 bytes, without a byte order mark. Throws TypeError: `is not valid UTF-8 (at byte 3)`. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new TypeError(`is not valid UTF-8${firstBadByte(bytes)}`, { cause: error });
  }
}

/** Where the text stops being UTF-8: the decoder is fed byte by byte, since it doesn't say. */
function firstBadByte(bytes: Uint8Array): string {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for (let index = 0; index < bytes.length; index += 1) {
    try {
      decoder.decode(bytes.subarray(index, index + 1), { stream: true });
    } catch {
      // This is the byte that the message names.
      return ` (at byte ${index})`;
    }
  }
  return ' (it ends in the middle of a character)';
}
