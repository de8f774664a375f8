import type { FastifyInstance } from 'fastify';

import { contentHash } from '../utils/content-hash.ts';
import { createOpenApiDocument } from './openapi-document.ts';
import { errorsPage, PAGE_POLICY, referencePage } from './reference-page.ts';

/** Serves /openapi.json, /docs (where / leads) and /docs/errors; all are made once, from the route table. */
export function addDocumentation(app: FastifyInstance, version: string): void {
  const document = createOpenApiDocument(version);
  serve(app, { path: '/openapi.json', type: 'application/json; charset=utf-8', text: JSON.stringify(document) });
  serve(app, { path: '/docs', type: 'text/html; charset=utf-8', text: referencePage(document) });
  app.get('/', (_request, reply) => reply.redirect('/docs', 302));
  serve(app, { path: '/docs/errors', type: 'text/html; charset=utf-8', text: errorsPage(version) });
}

interface Served {
  readonly path: string;
  readonly type: string;
  readonly text: string;
}

function serve(app: FastifyInstance, { path, type, text }: Served): void {
  const etag = `"${contentHash(text).slice(0, 32)}"`;
  app.get(path, async (request, reply) => {
    reply.headers({ etag, 'cache-control': 'no-cache' });
    if (type.startsWith('text/html')) reply.header('content-security-policy', PAGE_POLICY);
    if (request.headers['if-none-match'] === etag) return reply.code(304).send();
    return reply.type(type).send(text);
  });
}
