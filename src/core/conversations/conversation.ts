import type { DomainEvent } from '../../kernel/event.ts';
import type { ConversationId, TaskId } from '../../kernel/ids.ts';

/**
 * A task became the next turn of a conversation. The turns are a stream of their own, so that its
 * versions count them and two tasks can't take the same turn.
 */
export type ConversationTurnTaken = DomainEvent<
  'ConversationTurnTaken',
  { readonly conversationId: ConversationId; readonly taskId: TaskId }
>;

/** The stream of one conversation. */
export const conversationStream = (id: string): string => `conversation-${id}`;
