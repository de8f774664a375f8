import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { systemContext } from '../../kernel/call-context.ts';
import type { ExecutionId, TaskId } from '../../kernel/ids.ts';
import type { JsonObject, JsonValue } from '../../utils/json.ts';
import { createEgressGuard } from '../../security/egress/index.ts';
import { htmlText } from './html-text.ts';
import { createHttpGetTool } from './http-get.ts';
import { runTool } from './run-tool.ts';
import type { Tool } from './tool.ts';

let server: Server;
let handler: RequestListener;
let base: string;
let tool: Tool;

beforeAll(async () => {
  server = createServer((request, response) => handler(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  tool = createHttpGetTool(createEgressGuard({ allow: ['127.0.0.0/8'] }));
});
afterAll(() => server.close());

const answer = (contentType: string | undefined, body: string | Uint8Array, status = 200): void => {
  handler = (_, response) =>
    response.writeHead(status, contentType === undefined ? {} : { 'content-type': contentType }).end(body);
};
const get = (input: JsonObject): Promise<JsonValue> =>
  runTool({
    tool,
    input,
    context: {
      call: systemContext(),
      executionId: 'exec_1' as ExecutionId,
      taskId: 'task_1' as TaskId,
      stepKey: '1',
      idempotencyKey: 'key',
      signal: new AbortController().signal,
      progress: () => undefined,
    },
  });

describe('http.get', () => {
  it('answers plain text and JSON as they are', async () => {
    answer('application/json; charset=utf-8', '{"a": "é"}');
    expect(await get({ url: `${base}/x` })).toEqual({
      url: `${base}/x`,
      status: 200,
      contentType: 'application/json; charset=utf-8',
      text: '{"a": "é"}',
      truncated: false,
    });
  });

  it('answers a page as readable text under its title', async () => {
    answer('text/html', '<html><head><title>A &amp; B</title><style>p{}</style></head><body><p>One<p>Two</body>');
    expect(await get({ url: base })).toMatchObject({ text: '# A & B\n\nOne\n\nTwo' });
  });

  it('answers an error status too, and cuts where it was told', async () => {
    answer('text/plain', 'not here', 404);
    expect(await get({ url: base, maxBytes: 3 })).toMatchObject({ status: 404, text: 'not', truncated: true });
  });

  it.each([
    ['image/png', Buffer.from([1, 2])],
    [undefined, Buffer.from([0, 1])],
  ])('refuses %s: it is no text', async (contentType, body) => {
    answer(contentType, body);
    await expect(get({ url: base })).rejects.toMatchObject({ code: 'TOOL_FAILED' });
  });

  it('refuses what the guard refuses, and arguments of the wrong kind', async () => {
    await expect(get({ url: 'http://10.0.0.1/' })).rejects.toMatchObject({ code: 'EGRESS_REFUSED' });
    await expect(get({ url: base, maxBytes: 1e9 })).rejects.toMatchObject({ code: 'TOOL_ARGUMENTS_INVALID' });
    await expect(get({ url: base, method: 'POST' })).rejects.toMatchObject({ code: 'TOOL_ARGUMENTS_INVALID' });
  });
});

describe('the text of a page', () => {
  it.each([
    ['<h2>Head</h2><ul><li>a<li>b</ul>', '## Head\n\n- a\n- b'],
    ['<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>', '1\t2\n\n3'],
    ['a<script>if (a < b) alert("</p>")</script>b<!-- <p>no</p> -->c', 'abc'],
    ['&lt;b&gt; &#233; &#x1F600; &nope; &#0; fish &chips', '<b> é 😀 &nope; \uFFFD fish &chips'],
    ['1 < 2 and 3 > 2', '1 < 2 and 3 > 2'],
    ['<a title="x > y" href=\'z>\'>link</a>', 'link'],
    ['<p>open <b', 'open'],
    ['<script>never closed', ''],
    ['a<br>b', 'a\nb'],
  ])('of %j', (html, expected) => {
    expect(htmlText(html).text).toBe(expected);
  });

  it('never holds a tag of the page, and never fails', () => {
    const piece = fc.constantFrom(
      '<p>',
      '</p>',
      '<',
      '>',
      '"',
      "'",
      '<!--',
      '-->',
      '<script>',
      '</script>',
      'word ',
      '&amp;',
      '<a b="',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        expect(htmlText(pieces.join('')).text).not.toMatch(/<\/?(?:p|script)>/);
      }),
    );
  });
});
