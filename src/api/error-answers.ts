import { ROUTES } from '#contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type OutgoingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

import { AppError } from '../kernel/errors.ts';
import type { Logger } from '../observability/index.ts';
import { fromHttpError } from './http-errors.ts';
import { PROBLEM_TYPE, retryAfterOf, statusOf, toProblem } from './problem-details.ts';
import { pathOf } from './request-facts.ts';

/** Answers every error as problem details, and logs what is our own fault. */
export function addErrorAnswers(app: FastifyInstance, logger: Logger): void {
  // oxlint-disable-next-line max-params -- Fastify's own signature
  app.setErrorHandler((thrown, request, reply) => sendProblem({ thrown, request, reply, logger }));
  app.setNotFoundHandler((request, reply) => {
    const allowed = allowedMethods(pathOf(request.url));
    if (allowed.length > 0) reply.header('allow', allowed.join(', '));
    const thrown =
      allowed.length > 0
        ? new AppError('METHOD_NOT_ALLOWED', `${request.method} is not allowed here; ${allowed.join(', ')} are`)
        : new AppError('ROUTE_NOT_FOUND', `there is nothing at ${request.method} ${pathOf(request.url).slice(0, 200)}`);
    return sendProblem({ thrown, request, reply, logger });
  });
}

interface Failed {
  readonly thrown: unknown;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly logger: Logger;
}

/** Sends the problem document of an error. */
export function sendProblem({ thrown, request, reply, logger }: Failed): FastifyReply {
  const error = fromHttpError(thrown);
  const status = statusOf(error.code);
  if (status >= 500 && error.code !== 'SHUTTING_DOWN') {
    logger.error({ err: error, 'trace.id': request.id, 'url.path': pathOf(request.url) }, error.message);
  }
  const retryAfter = retryAfterOf(error);
  if (retryAfter !== undefined) reply.header('retry-after', retryAfter);
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  // Fastify would close the connection while the caller still sends, who then never sees the answer.
  if (error.code === 'BODY_TOO_LARGE') reply.removeHeader('connection');
  const problem = toProblem(error, { instance: pathOf(request.url), traceId: request.id });
  return reply.code(status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
}

/** What the HTTP parser refuses, by Node.js's own code: status and words; anything else is a 400. */
const PARSER_ERRORS: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'the headers are larger than 16 KiB'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'the chunk extensions are larger than 16 KiB'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'the request did not arrive in time'],
};

/** Answers what is not even HTTP, or never became a whole request; the socket is closed behind it. */
export function answerMalformedRequest(error: Error & { readonly code?: string }, socket: AnsweringSocket): void {
  // In the middle of an answer, such as a stream, another one would be taken for a part of it.
  const answering = socket._httpMessage?.headersSent === true;
  if (error.code === 'ECONNRESET' || answering || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, detail] = PARSER_ERRORS[error.code ?? ''] ?? [400, 'the request cannot be parsed as HTTP/1.1'];
  const refused = new AppError('REQUEST_MALFORMED', detail);
  const body = JSON.stringify({ ...toProblem(refused, { instance: '', traceId: '' }), status });
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

/** Node.js hangs the answer under way onto its socket, and decides by it in the same place itself. */
type AnsweringSocket = Socket & { readonly _httpMessage?: OutgoingMessage | null };

const PATTERNS = Object.values(ROUTES).map(({ method, path }) => ({
  method,
  pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}/?$`),
}));

/** The methods that the address would take. */
function allowedMethods(path: string): readonly string[] {
  return [...new Set(PATTERNS.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))];
}
