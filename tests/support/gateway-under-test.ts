import {
  createModelGateway,
  loadPriceTable,
  type ModelConfiguration,
  type ModelGatewayDependencies,
} from '../../src/ai/llm/index.ts';
import { AppError } from '../../src/kernel/errors.ts';
import type {
  Message,
  ModelAnswer,
  ModelDelta,
  ModelGateway,
  ModelRequest,
} from '../../src/kernel/ports/language-model.ts';

/** The time at which every answer comes. */
const NOW = new Date('2026-11-24T12:00:00Z');
/** A key that must show nowhere but in the header it belongs in. */
export const SECRET = 'k3y-that-nobody-may-see-0123456789';

/** A gateway with the standard prices and no local model. */
export function gatewayOf(
  configuration: ModelConfiguration,
  more: Partial<ModelGatewayDependencies> = {},
): ModelGateway {
  return createModelGateway({
    configuration,
    clock: { now: () => NOW },
    prices: loadPriceTable(),
    localRules: () => Promise.reject(new Error('not used here')),
    ...more,
  });
}

export const TOOLS: NonNullable<ModelRequest['tools']> = [
  {
    name: 'documents.search',
    description: 'Searches.',
    parameters: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: { query: { type: 'string' } },
      required: ['query'],
      additionalProperties: false,
    },
  },
  { name: 'now', description: 'The time.', parameters: { type: 'object' } },
];
export const QUESTION: Message = { role: 'user', content: [{ type: 'text', text: 'Wie groß ist 東京?' }] };
export interface Asked extends Partial<ModelRequest> {
  readonly model: string;
  readonly stream: boolean;
  readonly signal?: AbortSignal;
  readonly onDelta?: (delta: ModelDelta) => void;
}

/** Asks the model the question, or whatever else is given. */
export async function ask(gateway: ModelGateway, asked: Asked): Promise<ModelAnswer> {
  const { stream, signal = new AbortController().signal, onDelta = () => undefined, ...request } = asked;
  return gateway.generate({ messages: [QUESTION], ...request }, { signal, ...(stream ? { onDelta } : {}) });
}

/** The `AppError` it fails with; anything else fails the test. */
export async function failureOf(running: Promise<unknown>): Promise<AppError> {
  const thrown = await running.then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  );
  if (!(thrown instanceof AppError)) throw thrown;
  return thrown;
}
