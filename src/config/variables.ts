import { z } from 'zod';

import { LOG_LEVELS } from '../kernel/log-level.ts';

/** A variable of the configuration, as people read of it. */
export interface Variable {
  readonly description: string;
  /** What stands where nothing is set, in words where it is no fixed value. */
  readonly defaultText: string;
  /** Never shown, logged or written; may be given in a file named by `<NAME>_FILE`. */
  readonly secret: boolean;
  readonly schema: z.ZodType;
}

const text = z.string().trim().min(1);
const url = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });
const flag = z
  .union([z.boolean(), z.enum(['true', 'false', '1', '0'])], { error: 'must be true or false' })
  .transform((value) => value === true || value === 'true' || value === '1');
const list = z
  .union([z.array(z.string()), z.string().transform((value) => value.split(','))])
  .transform((items) => items.map((item) => item.trim()).filter((item) => item !== ''));
const whole = (least: number, most: number) => {
  const error = `must be a whole number from ${least} to ${most}`;
  return z
    .union([z.number(), z.string().regex(/^\d+$/).transform(Number)], { error })
    .pipe(z.int({ error }).min(least, { error }).max(most, { error }));
};

// oxlint-disable-next-line max-params -- the table below reads as a table
const variable = <Schema extends z.ZodType>(schema: Schema, description: string, defaultText = 'none') => ({
  schema,
  description,
  defaultText,
  secret: false,
});
const secret = (description: string) => ({
  schema: text.optional(),
  description,
  defaultText: 'none',
  secret: true,
});

/** Every variable there is, in the order of the documentation. */
export const VARIABLES = {
  HOST: variable(
    text.default('127.0.0.1'),
    'Address to listen on. Anything but loopback needs TLS or TRUST_PROXY.',
    '127.0.0.1',
  ),
  PORT: variable(whole(0, 65_535).default(8700), 'Port to listen on; 0 takes a free one.', '8700'),
  ALLOWED_HOSTS: variable(list.default([]), 'Further names that the Host header may hold, separated by commas.'),
  TRUST_PROXY: variable(
    flag.default(false),
    'Whether a reverse proxy that ends TLS stands in front and its X-Forwarded headers are true.',
    'false',
  ),
  TLS_CERT_FILE: variable(
    text.optional(),
    'PEM file of the certificate chain; together with TLS_KEY_FILE the server speaks HTTPS.',
  ),
  TLS_KEY_FILE: variable(text.optional(), 'PEM file of the private key.'),
  PUBLIC_URL: variable(
    url.optional(),
    'Address under which others reach the factory; its host is allowed in the Host header.',
  ),
  DATA_DIR: variable(
    text.optional(),
    'Folder of the embedded database, files and keys; held by one process at a time.',
    '`.pygent` in the folder of the start',
  ),
  DATABASE_URL: {
    ...secret('PostgreSQL 15 or newer to use instead of the embedded one: postgres://user:password@host/database.'),
  },
  SECRET_KEY: {
    ...secret(
      'Server-side secret under which API keys are hashed, at least 32 characters; the same for all processes over one database.',
    ),
    schema: text.min(32, 'must be at least 32 characters').optional(),
    defaultText: 'made at the first start, in `secret-key` of DATA_DIR',
  },
  DEFAULT_MODEL: variable(
    z
      .string()
      .regex(/^[a-z0-9-]+\/.+$/, 'must be provider/model, such as openai/gpt-5 or local/rules')
      .optional(),
    'Model of agents that name none: provider/model.',
    'the first provider with a key, else local/rules',
  ),
  OPENAI_API_KEY: secret('Key of OpenAI, or of the server behind OPENAI_BASE_URL.'),
  OPENAI_BASE_URL: variable(url.optional(), 'Any OpenAI-compatible server: Ollama, llama.cpp, vLLM, LM Studio.'),
  ANTHROPIC_API_KEY: secret('Key of Anthropic.'),
  ANTHROPIC_BASE_URL: variable(url.optional(), 'Another address for the Anthropic API.'),
  GOOGLE_GENERATIVE_AI_API_KEY: secret('Key of Google Gemini.'),
  GOOGLE_BASE_URL: variable(url.optional(), 'Another address for the Gemini API.'),
  PRICES_FILE: variable(text.optional(), 'JSON file with prices that stand instead of the built-in ones.'),
  EGRESS_ALLOW: variable(
    list.default([]),
    'Private hosts, addresses or CIDR ranges that tools may call, separated by commas.',
  ),
  DOCUMENT_ROOTS: variable(
    list.default([]),
    'Folders that agents and tasks may search, separated by commas.',
    'any folder, for callers who may read any',
  ),
  BODY_LIMIT_BYTES: variable(
    whole(1_024, 1_073_741_824).default(4_194_304),
    'Largest request body, in bytes.',
    '4194304',
  ),
  RATE_LIMIT_PER_MINUTE: variable(whole(1, 10_000_000).default(60_000), 'Requests a minute for each key.', '60000'),
  LOG_LEVEL: variable(
    z.enum(LOG_LEVELS).default('warn'),
    `How much is logged to standard error: ${LOG_LEVELS.join(', ')}.`,
    'warn',
  ),
  WORKER_CONCURRENCY: variable(whole(1, 10_000).default(64), 'Executions that one worker process runs at once.', '64'),
  DRAIN_SECONDS: variable(
    whole(0, 600).default(10),
    'How long a shutdown waits for requests and steps in flight.',
    '10',
  ),
} as const satisfies Record<string, Variable>;

export type VariableName = keyof typeof VARIABLES;
type Values = { readonly [Name in VariableName]: z.output<(typeof VARIABLES)[Name]['schema']> };

/** The configuration of a process: every variable under its own name, checked and with defaults filled in. */
export interface Configuration extends Values {
  /** Absolute path. */
  readonly DATA_DIR: string;
}
