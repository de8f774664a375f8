export { conversationStream, type ConversationTurnTaken } from './conversation.ts';
