import type { DocumentForm } from './split-passages.ts';

const FORMS: Readonly<Record<DocumentForm, readonly string[]>> = {
  markdown: ['md', 'mdx', 'markdown', 'rst', 'adoc'],
  prose: ['txt', 'text', 'html', 'htm', 'tex', 'org', 'log', 'csv', 'tsv'],
  code: [
    ...['ts', 'tsx', 'mts', 'cts', 'js', 'jsx', 'mjs', 'cjs', 'json', 'jsonl', 'yaml', 'yml', 'toml', 'ini', 'sql'],
    ...['py', 'rb', 'go', 'rs', 'java', 'kt', 'c', 'h', 'cc', 'cpp', 'hpp', 'cs', 'swift', 'php', 'sh', 'css', 'xml'],
  ],
};

const FORM_BY_EXTENSION = new Map(
  (Object.entries(FORMS) as [DocumentForm, readonly string[]][]).flatMap(([form, extensions]) =>
    extensions.map((extension): [string, DocumentForm] => [extension, form]),
  ),
);

/** How the file of this name is read; undefined where it is not taken for a text. */
export function documentForm(fileName: string): DocumentForm | undefined {
  const dot = fileName.lastIndexOf('.');
  return dot <= 0 ? undefined : FORM_BY_EXTENSION.get(fileName.slice(dot + 1).toLowerCase());
}

/**
 * The lines of a text file: UTF-8 (what is not becomes U+FFFD) or, with a byte order mark, UTF-16;
 * line ends of all systems. A last line end begins no line. Undefined where the bytes are no text.
 */
export function linesOf(bytes: Uint8Array): string[] | undefined {
  const wide =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : undefined;
  if (wide === undefined && bytes.subarray(0, 8_192).includes(0)) return undefined;
  const lines = new TextDecoder(wide ?? 'utf-8')
    .decode(bytes)
    .replaceAll('\0', '\uFFFD')
    .split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
