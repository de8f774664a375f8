import { z } from 'zod';

export const conversationMessageSchema = z.object({
  role: z.enum(['user', 'assistant']),
  text: z.string(),
  taskId: z.string(),
  at: z.iso.datetime(),
});

/** GET /api/v1/conversations/{id}: a page of its messages in the order of time; `nextCursor` leads to older ones. */
export const conversationSchema = z.object({
  id: z.string(),
  messages: z.array(conversationMessageSchema),
  nextCursor: z.string().optional(),
});
export type ConversationView = z.output<typeof conversationSchema>;
