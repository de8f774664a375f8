const SNIFFED_BYTES = 1_024;

/** The media type of a content-type header in lower case without parameters; undefined where there is none. */
export function mediaType(contentType: string | undefined): string | undefined {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  return type === '' ? undefined : type;
}

/** Whether a body of this type is text; one without a type is, unless it holds a NUL early on. */
export function isText(contentType: string | undefined, body: Uint8Array): boolean {
  const type = mediaType(contentType);
  if (type === undefined) return !body.subarray(0, SNIFFED_BYTES).includes(0);
  return (
    type.startsWith('text/') ||
    /^application\/(?:[\w.+-]+\+)?(?:json|xml|yaml|toml|javascript|ecmascript|x-ndjson|jsonl|graphql|sql|x-www-form-urlencoded|x-sh|x-yaml)$/.test(
      type,
    ) ||
    /\+(?:json|xml|yaml)$/.test(type)
  );
}

/**
 * The body as text, by its byte order mark, the charset of its content type, the one an HTML page
 * names in its first kilobyte, or UTF-8 (the order of the WHATWG Encoding and HTML standards). What
 * does not decode becomes U+FFFD; of a body that was cut the last, half character is left out.
 */
export function decodeText(
  body: Uint8Array,
  options: { contentType?: string | undefined; truncated?: boolean } = {},
): string {
  const label =
    byteOrderMark(body) ?? charsetOf(options.contentType) ?? metaCharset(body, options.contentType) ?? 'utf-8';
  const decoder = newDecoder(label) ?? new TextDecoder('utf-8');
  const text = decoder.decode(body, { stream: true });
  return options.truncated === true ? text : text + decoder.decode();
}

function newDecoder(label: string): InstanceType<typeof TextDecoder> | undefined {
  try {
    return new TextDecoder(label);
  } catch (error) {
    // A charset nobody knows: the caller falls back to UTF-8.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function byteOrderMark(body: Uint8Array): string | undefined {
  const [first, second, third] = body;
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : undefined;
}

function charsetOf(contentType: string | undefined): string | undefined {
  return /;\s*charset\s*=\s*"?([\w.:-]+)/i.exec(contentType ?? '')?.[1];
}

function metaCharset(body: Uint8Array, contentType: string | undefined): string | undefined {
  if (!/html/i.test(contentType ?? '')) return undefined;
  const start = new TextDecoder('latin1').decode(body.subarray(0, SNIFFED_BYTES));
  const charset = /<meta[^>]{0,200}?charset\s*=\s*["']?([\w.:-]+)/i.exec(start)?.[1];
  // The page was readable as ASCII so far, so it cannot be UTF-16 whatever it says.
  return charset !== undefined && /^utf-?16/i.test(charset) ? 'utf-8' : charset;
}
