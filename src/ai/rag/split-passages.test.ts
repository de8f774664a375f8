import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type DocumentForm, splitPassages } from './split-passages.ts';

const split = (text: string, form: DocumentForm = 'markdown'): ReturnType<typeof splitPassages> =>
  splitPassages(text.split('\n'), form);
const ranges = (text: string, form?: DocumentForm): string[] =>
  split(text, form).passages.map(({ startLine, endLine }) => `${startLine}-${endLine}`);

describe('passages of Markdown', () => {
  it('begin at headings and stand under their path', () => {
    const { title, passages } = split('# Guide\nIntro.\n\n## Run\nText.\n### Deep\nMore.\n## Stop ##\nEnd.');
    expect(title).toBe('Guide');
    expect(passages.map(({ startLine, endLine, headings }) => [startLine, endLine, headings])).toEqual([
      [1, 2, ['Guide']],
      [4, 5, ['Guide', 'Run']],
      [6, 7, ['Guide', 'Run', 'Deep']],
      [8, 9, ['Guide', 'Stop']],
    ]);
  });

  it('join headings with nothing between them', () => {
    const { passages } = split('# Guide\n\n## Run\n\nText.\n\n## Stop\n### Now\nMore.\n\n## End');
    expect(passages.map(({ startLine, endLine, headings }) => [startLine, endLine, headings])).toEqual([
      [1, 5, ['Guide', 'Run']],
      [7, 9, ['Guide', 'Stop', 'Now']],
      [11, 11, ['Guide', 'End']],
    ]);
  });

  it('know underlined headings, and take no list or table for one', () => {
    expect(split('Guide\n=====\n\ntext\n\nPart\n----\n\nmore').passages.map(({ headings }) => headings)).toEqual([
      ['Guide'],
      ['Guide', 'Part'],
    ]);
    expect(split('- item\n---\n\na | b\n--|--\n').title).toBeUndefined();
  });

  it('take no comment in a code fence for a heading', () => {
    const text = '# Guide\n\n```sh\n# not a heading\n\n## nor this\n```\nafter\n~~~\n# open to the end';
    expect(split(text).passages.map(({ headings }) => headings)).toEqual([['Guide']]);
  });
});

describe('passages of prose', () => {
  it('keep a title with the text below it, however long that is', () => {
    const text = `A title .\n\n${'word '.repeat(1_000)}`;
    expect(split(text, 'prose').title).toBe('A title .');
    expect(ranges(text, 'prose')).toEqual(['1-3']);
  });

  it('are filled up with paragraphs', () => {
    const paragraph = 'x'.repeat(500);
    expect(ranges([paragraph, '', paragraph, '', paragraph, '', paragraph].join('\n'), 'prose')).toEqual([
      '1-3',
      '5-7',
    ]);
  });

  it('cut a paragraph of many lines, and no line', () => {
    const lines = Array.from({ length: 100 }, () => 'y'.repeat(79));
    const { passages } = splitPassages(lines, 'prose');
    expect(passages.length).toBeGreaterThan(3);
    expect(passages.map(({ text }) => text).join('\n')).toBe(lines.join('\n'));
    expect(ranges('z'.repeat(50_000), 'prose')).toEqual(['1-1']);
  });

  it('have no title where the first line is one of many, and none in code', () => {
    expect(split('one\ntwo', 'prose').title).toBeUndefined();
    expect(split('import x;\n\nx();', 'code').title).toBeUndefined();
  });

  it('are none in an empty text', () => {
    expect(split('', 'prose').passages).toEqual([]);
    expect(splitPassages([], 'markdown').passages).toEqual([]);
    expect(split('\n  \n\t', 'markdown').passages).toEqual([]);
  });
});

describe('passages of any text', () => {
  const line = fc.oneof(
    { weight: 3, arbitrary: fc.string({ maxLength: 40 }).map((text) => text.replaceAll(/[\r\n]/g, ' ')) },
    {
      weight: 2,
      arbitrary: fc.constantFrom('', '  ', '# Head', '## Sub', '###', '```', '~~~~', '---', '===', '- item'),
    },
    { weight: 1, arbitrary: fc.nat(3_000).map((length) => 'w'.repeat(length)) },
  );

  it('give their lines exactly, in order, without overlap, and leave out only blank ones', () => {
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 60 }),
        fc.constantFrom<DocumentForm>('markdown', 'prose', 'code'),
        (lines, form) => {
          const { passages } = splitPassages(lines, form);
          let covered = 0;
          for (const { startLine, endLine, text } of passages) {
            expect(startLine).toBeGreaterThan(covered);
            expect(endLine).toBeGreaterThanOrEqual(startLine);
            expect(text).toBe(lines.slice(startLine - 1, endLine).join('\n'));
            expect(
              lines
                .slice(covered, startLine - 1)
                .join('')
                .trim(),
            ).toBe('');
            covered = endLine;
          }
          expect(covered).toBeLessThanOrEqual(lines.length);
          expect(lines.slice(covered).join('').trim()).toBe('');
        },
      ),
      { numRuns: 300 },
    );
  });
});
