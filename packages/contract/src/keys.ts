import { z } from 'zod';

export const roleSchema = z.enum(['admin', 'developer', 'operator', 'viewer']);

/** POST /api/v1/keys */
export const createKeySchema = z.strictObject({
  name: z.string().min(1).max(120),
  role: roleSchema.default('developer'),
  /** Actions the key is narrowed to, such as `tasks:read`; all of its role's where none is named. */
  scopes: z.array(z.string().min(1).max(64)).max(64).default([]),
  expiresAt: z.iso.datetime().optional(),
});
export type CreateKey = z.input<typeof createKeySchema>;

export const keySchema = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  role: roleSchema,
  scopes: z.array(z.string()),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().optional(),
  revokedAt: z.iso.datetime().optional(),
});
export type KeyView = z.output<typeof keySchema>;

/** The answer to a new key: the only time its secret is told. */
export const createdKeySchema = keySchema.extend({ key: z.string() });
export type CreatedKey = z.output<typeof createdKeySchema>;
