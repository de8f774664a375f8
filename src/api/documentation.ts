import type { FastifyInstance } from 'fastify';

export function addDocumentation(app: FastifyInstance, version: string): void {
  app.get('/openapi.json', async () => ({ version }));
}
