import { sortableId } from '../utils/sortable-id.ts';

declare const brand: unique symbol;
/** A string that only its own constructor makes, so that one kind of id can't pass for another. */
export type Branded<Name extends string> = string & { readonly [brand]: Name };

export type TenantId = Branded<'TenantId'>;
export type TaskId = Branded<'TaskId'>;
export type ExecutionId = Branded<'ExecutionId'>;
export type ConversationId = Branded<'ConversationId'>;
export type KeyId = Branded<'KeyId'>;
export type WorkerId = Branded<'WorkerId'>;

/** The tenant of a factory that was never told of another. */
export const DEFAULT_TENANT = 'default' as TenantId;

export const newTaskId = (): TaskId => `task_${sortableId()}` as TaskId;
export const newExecutionId = (): ExecutionId => `exec_${sortableId()}` as ExecutionId;
export const newConversationId = (): ConversationId => `conv_${sortableId()}` as ConversationId;
export const newKeyId = (): KeyId => sortableId() as KeyId;
export const newWorkerId = (): WorkerId => `worker_${sortableId()}` as WorkerId;
export const newTraceId = (): string => sortableId();
