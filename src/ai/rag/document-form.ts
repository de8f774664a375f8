import type { DocumentForm } from './split-passages.ts';

const FORMS: Readonly<Record<DocumentForm, readonly string[]>> = {
  markdown: ['md', 'mdx', 'markdown', 'rst', 'adoc'],
  prose: ['txt', 'text', 'html', 'htm', 'tex', 'org', 'log', 'csv', 'tsv'],
  code: 'ts tsx mts cts js jsx mjs cjs json jsonl yaml yml toml ini sql py rb go rs java kt c h cc cpp hpp cs swift php sh css xml'.split(
    ' ',
  ),
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
