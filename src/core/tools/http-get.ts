import { z } from 'zod';

import { AppError } from '../../kernel/errors.ts';
import { decodeText, type EgressGuard, isText, mediaType } from '../../security/egress/index.ts';
import { defineTool } from './define-tool.ts';
import { htmlText } from './html-text.ts';
import type { Tool } from './tool.ts';

const DEFAULT_BYTES = 256 * 1024;
const LARGEST_BYTES = 1024 * 1024;

/**
 * `http.get`: a text from the web, through the egress guard. Answers {url (the final one), status,
 * contentType, text, truncated}. A page of HTML comes as readable text, its title as the first
 * line (`# title`); everything else as it is. Statuses of 400 and more are answers too. What is
 * no text is refused with TOOL_FAILED.
 */
export function createHttpGetTool(guard: EgressGuard): Tool {
  return defineTool({
    name: 'http.get',
    description:
      'Fetches a text from an http or https address: a page (as readable text), JSON, XML, plain text. Answers the ' +
      'final url, the status, the content type, the text, and whether it was cut off.',
    effect: 'read',
    timeoutMilliseconds: 30_000,
    outputLimitBytes: 4 * LARGEST_BYTES,
    parameters: z.strictObject({
      url: z.string().min(1).max(8_192).describe('The address, with http:// or https://'),
      maxBytes: z.int().min(1).max(LARGEST_BYTES).default(DEFAULT_BYTES).describe('How much to read at most'),
    }),
    async execute({ url, maxBytes }, { signal }) {
      const response = await guard.get(url, { signal, maxBytes });
      const contentType = response.headers['content-type'];
      const { body, truncated } = response;
      if (!isText(contentType, body)) {
        const got = mediaType(contentType) ?? 'something binary';
        const message = `${response.url} is ${got}; http.get reads text only`;
        throw new AppError('TOOL_FAILED', message, { details: { tool: 'http.get', contentType: got } });
      }
      const decoded = decodeText(body, { contentType, truncated });
      return {
        url: response.url,
        status: response.status,
        contentType: contentType ?? '',
        text: isHtml(contentType) ? readable(decoded) : decoded,
        truncated,
      };
    },
  });
}

function isHtml(contentType: string | undefined): boolean {
  const type = mediaType(contentType);
  return type === 'text/html' || type === 'application/xhtml+xml';
}

function readable(html: string): string {
  const { title, text } = htmlText(html);
  return title === '' ? text : `# ${title}\n\n${text}`;
}
