import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readable, readableJson, readableText } from './readable.ts';

describe('readableText', () => {
  it.each([
    ['colours', '\u001b[31mred\u001b[0m', 'red'],
    ['a window title', 'a\u001b]0;owned\u0007b', 'ab'],
    ['a link', '\u001b]8;;http://x\u001b\\text\u001b]8;;\u001b\\', 'text'],
    ['the clipboard', '\u001b]52;c;aGk=\u0007', ''],
    ['a cleared screen', '\u001b[2J\u001b[1;1H', ''],
    ['eight-bit sequences', '\u009b31mred\u009d0;t\u009c!', 'red!'],
    ['a device control string', '\u001bPq#0\u001b\\x', 'x'],
    ['a sequence that is cut', 'a\u001b[', 'a'],
    ['an overwritten line', 'safe\rrm -rf', 'saferm -rf'],
    ['backspaces', 'ab\b\bcd', 'abcd'],
    ['text turned around', 'a\u202etxt.exe', 'atxt.exe'],
    ['line ends of Windows', 'a\r\nb', 'a\nb'],
  ])('takes out %s', (_, text, expected) => {
    expect(readableText(text)).toBe(expected);
  });

  it('leaves text of every script, tabs and line feeds alone', () => {
    const text = 'tab\tline\nZürich 東京 مرحبا 👩‍🚀 é';
    expect(readableText(text)).toBe(text);
  });

  it('leaves nothing that a terminal obeys, whatever comes in', () => {
    const pieces = fc.constantFrom(
      '\u001b',
      '\u009b',
      '[',
      ']',
      '0',
      ';',
      'm',
      '\u0007',
      '\\',
      'P',
      'x',
      '\u009c',
      '\r',
      '\n',
    );
    fc.assert(
      fc.property(fc.string({ unit: pieces }), (text) => {
        // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
        expect(readableText(text)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
      }),
    );
  });
});

describe('readable', () => {
  it('reaches every string and key of JSON data, and leaves the rest', () => {
    expect(readable({ 'k\u001b[0m': ['\u001b[1mx', { deep: 'y\u0007' }, 1, null, true] })).toEqual({
      k: ['x', { deep: 'y' }, 1, null, true],
    });
  });
});

describe('readableJson', () => {
  it('parses to the same value and holds no control character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const json = readableJson({ text });
        expect(JSON.parse(json)).toEqual({ text });
        // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
        expect(json).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
      }),
    );
  });
});
