import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';

import { ServerSentEventParser, type ServerSentEvent } from './event-source.ts';

const parseAll = (chunks: readonly string[]): ServerSentEvent[] => {
  const parser = new ServerSentEventParser();
  return chunks.flatMap((chunk) => parser.push(chunk));
};

describe('server-sent events', () => {
  it('reads fields, comments, line ends of all kinds, and drops what is not finished', () => {
    const text =
      ': hi\r\nid: 7\revent: StepCompleted\ndata: one\ndata:two\nunknown: x\n\nid: 8\n\ndata\n\ndata: cut off';
    expect(parseAll([text])).toEqual([
      { id: '7', event: 'StepCompleted', data: 'one\ntwo' },
      { id: undefined, event: 'message', data: '' },
    ]);
  });

  it('gives the same events however the stream is cut into chunks', () => {
    const line = fc.string({ unit: 'binary' }).map((text) => text.replaceAll(/[\r\n]/g, ' '));
    const event = fc.record({
      id: fc.option(fc.nat().map(String)),
      name: fc.constantFrom('a', 'text-delta'),
      data: line,
    });
    fc.assert(
      fc.property(
        fc.array(event),
        fc.constantFrom('\n', '\r\n'),
        fc.array(fc.nat({ max: 300 })),
        (events, end, cuts) => {
          const text = events
            .map(
              ({ id, name, data }) =>
                `${id === null ? '' : `id: ${id}${end}`}event: ${name}${end}data: ${data}${end}${end}`,
            )
            .join(`: heartbeat${end}${end}`);
          const places = [0, ...cuts.filter((cut) => cut < text.length).toSorted((a, b) => a - b), text.length];
          const chunks = places.slice(1).map((place, index) => text.slice(places[index], place));
          const expected = events.map(({ id, name, data }) => ({ id: id ?? undefined, event: name, data }));
          expect(parseAll(chunks)).toEqual(expected);
        },
      ),
    );
  });
});
