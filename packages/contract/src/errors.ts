/** What a caller can do about an error; each door maps a kind to its own status. */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'limit'
  | 'unavailable'
  | 'internal';

export interface ErrorSpec {
  readonly kind: ErrorKind;
  /** What happened, as a short title that never changes for a code. */
  readonly title: string;
  /** What the caller can do about it. */
  readonly remedy: string;
}

/** Every error the product can answer with. A code is never reused for another meaning. */
export const ERRORS = {
  INTERNAL: {
    kind: 'internal',
    title: 'Internal error',
    remedy: 'Look into the log under the trace id; report it if it happens again.',
  },
  VALIDATION_FAILED: {
    kind: 'invalid',
    title: 'The input is not valid',
    remedy: 'Correct the fields named in `errors`.',
  },
  MALFORMED_BODY: {
    kind: 'invalid',
    title: 'The body cannot be parsed',
    remedy: 'Send UTF-8 JSON with content-type application/json.',
  },
  BODY_TOO_LARGE: { kind: 'limit', title: 'The body is too large', remedy: 'Send less, or raise BODY_LIMIT_BYTES.' },
  UNSUPPORTED_MEDIA_TYPE: {
    kind: 'invalid',
    title: 'The media type is not supported',
    remedy: 'Send application/json.',
  },
  ROUTE_NOT_FOUND: { kind: 'not-found', title: 'No such address', remedy: 'See /docs for the addresses there are.' },
  METHOD_NOT_ALLOWED: {
    kind: 'invalid',
    title: 'The method is not allowed here',
    remedy: 'Use one of the methods named in the Allow header.',
  },
  UNAUTHENTICATED: {
    kind: 'unauthenticated',
    title: 'No valid key was given',
    remedy:
      'Send `Authorization: Bearer <key>`; make a key with `pygent keys create`, or where none is left with `pygent keys reset-admin`.',
  },
  FORBIDDEN: {
    kind: 'forbidden',
    title: 'The key may not do this',
    remedy: 'Use a key whose role or scopes allow it.',
  },
  RATE_LIMITED: { kind: 'limit', title: 'Too many requests', remedy: 'Wait as long as Retry-After says.' },
  SHUTTING_DOWN: { kind: 'unavailable', title: 'The server is shutting down', remedy: 'Try again in a few seconds.' },
  DATABASE_UNAVAILABLE: {
    kind: 'unavailable',
    title: 'The database cannot be reached',
    remedy: 'Try again; `pygent doctor` tells what is wrong.',
  },
  STORAGE_FULL: {
    kind: 'unavailable',
    title: 'The disk is full',
    remedy: 'Free some space; nothing was half written.',
  },
  CONCURRENCY_CONFLICT: {
    kind: 'conflict',
    title: 'Somebody else changed it at the same time',
    remedy: 'Read it again and repeat the change.',
  },
  PRECONDITION_FAILED: {
    kind: 'conflict',
    title: 'It changed since it was read',
    remedy: 'Read it again and send its new ETag in If-Match.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    kind: 'conflict',
    title: 'The idempotency key was used for another request',
    remedy: 'Use a new Idempotency-Key for a new request.',
  },
  IDEMPOTENCY_KEY_IN_USE: {
    kind: 'conflict',
    title: 'The first request with this idempotency key has not been answered',
    remedy:
      'Try again when it is answered; if the server stopped in between, look whether its effect is there, then use a new key.',
  },
  HOST_REFUSED: {
    kind: 'forbidden',
    title: 'The Host header names another host',
    remedy: 'Use localhost or 127.0.0.1, or add the name to ALLOWED_HOSTS.',
  },
  REQUEST_MALFORMED: {
    kind: 'invalid',
    title: 'The request is not valid HTTP',
    remedy: 'Correct the request line, the headers or the framing.',
  },
  CURSOR_INVALID: {
    kind: 'invalid',
    title: 'The cursor is not valid',
    remedy: 'Use a cursor exactly as a list answered it, or none.',
  },
  AGENT_NOT_FOUND: {
    kind: 'not-found',
    title: 'No such agent',
    remedy: '`pygent agents list` shows the agents there are.',
  },
  AGENT_VERSION_NOT_FOUND: {
    kind: 'not-found',
    title: 'No such version or alias of the agent',
    remedy: '`pygent agents show <name>` shows its versions and aliases.',
  },
  AGENT_EXISTS: {
    kind: 'conflict',
    title: 'An agent of this name exists',
    remedy: 'Choose another name, or make a new version of it.',
  },
  AGENT_DISABLED: { kind: 'conflict', title: 'The agent is disabled', remedy: 'Enable it, or use another agent.' },
  AGENT_IN_USE: {
    kind: 'conflict',
    title: 'The agent is in use',
    remedy: 'Wait for its tasks, cancel them, or remove it from the agents that delegate to it.',
  },
  AGENT_ALIAS_RESERVED: {
    kind: 'invalid',
    title: 'The alias is not allowed',
    remedy: 'Use lower-case letters, digits and hyphens, starting with a letter.',
  },
  DELEGATE_CYCLE: {
    kind: 'invalid',
    title: 'Agents delegate to each other in a circle',
    remedy: 'Remove one of the delegates named in `cycle`.',
  },
  MODEL_NOT_FOUND: {
    kind: 'invalid',
    title: 'No such model',
    remedy: 'Use provider/model with a provider that is configured; `pygent doctor` shows them.',
  },
  TOOL_NOT_FOUND: { kind: 'invalid', title: 'No such tool', remedy: 'Use a registered tool, or register it first.' },
  TOOL_CHANGED: {
    kind: 'conflict',
    title: 'The tool changed since the execution began',
    remedy: 'Submit the task again, or fork the execution from before the call.',
  },
  STRATEGY_NOT_FOUND: {
    kind: 'invalid',
    title: 'No such reasoning strategy',
    remedy: 'Use one of the strategies named in `known`.',
  },
  TASK_NOT_FOUND: {
    kind: 'not-found',
    title: 'No such task',
    remedy: '`pygent tasks list` shows the tasks there are.',
  },
  TASK_FINISHED: {
    kind: 'conflict',
    title: 'The task has already ended',
    remedy: 'Submit a new task, or fork one of its executions.',
  },
  TASK_NOT_WAITING: {
    kind: 'conflict',
    title: 'The task does not wait for this',
    remedy: '`pygent tasks show <id>` tells what it waits for.',
  },
  EXECUTION_NOT_FOUND: {
    kind: 'not-found',
    title: 'No such execution',
    remedy: '`pygent executions list` shows the executions there are.',
  },
  EXECUTION_CANCELED: {
    kind: 'conflict',
    title: 'The execution was canceled',
    remedy: 'Submit the task again if it is still wanted.',
  },
  EXECUTION_FINISHED: {
    kind: 'conflict',
    title: 'The execution has already ended',
    remedy: '`pygent executions show <id>` tells how.',
  },
  EXECUTION_IS_PRIMARY: {
    kind: 'conflict',
    title: 'The execution decides the state of its task',
    remedy: 'Cancel the task itself: `pygent tasks cancel <id>`.',
  },
  STEP_NOT_FOUND: {
    kind: 'not-found',
    title: 'No such step in the execution',
    remedy: '`pygent executions show <id>` lists its steps.',
  },
  STEP_TIMEOUT: { kind: 'limit', title: 'The step took too long', remedy: 'Raise its timeout, or make it faster.' },
  EXECUTION_TIMEOUT: {
    kind: 'limit',
    title: 'The execution took too long',
    remedy: 'Raise limits.wallTimeSeconds of the agent or the task.',
  },
  STEP_LIMIT_REACHED: {
    kind: 'limit',
    title: 'The execution used all its steps',
    remedy: 'Raise limits.steps of the agent or the task.',
  },
  TOKEN_LIMIT_REACHED: {
    kind: 'limit',
    title: 'The execution used all its tokens',
    remedy: 'Raise limits.tokens of the agent or the task.',
  },
  NON_DETERMINISM: {
    kind: 'internal',
    title: 'The code took another path than its journal',
    remedy: 'Run it with the version it began with, or fork it from before the difference.',
  },
  OUTCOME_UNKNOWN: {
    kind: 'conflict',
    title: 'It is not known whether the effect happened',
    remedy: 'Find out, then `pygent tasks resolve <id>` with done, retry or fail.',
  },
  TOOL_ARGUMENTS_INVALID: {
    kind: 'invalid',
    title: 'The arguments do not fit the tool',
    remedy: 'Correct the arguments named in the message.',
  },
  TOOL_FAILED: {
    kind: 'internal',
    title: 'The tool failed',
    remedy: 'See the message; the tool itself has to be mended.',
  },
  TOOL_OUTPUT_INVALID: {
    kind: 'internal',
    title: 'The tool answered with something that is not JSON',
    remedy: 'Return plain JSON data without circles.',
  },
  TOOL_OUTPUT_TOO_LARGE: {
    kind: 'limit',
    title: 'The tool answered with too much',
    remedy: 'Narrow the call, or raise the tool’s output cap.',
  },
  MODEL_UNAVAILABLE: {
    kind: 'unavailable',
    title: 'The model provider cannot be reached or is overloaded',
    remedy: 'It is retried; check the provider’s status if it goes on.',
  },
  MODEL_RATE_LIMITED: {
    kind: 'limit',
    title: 'The model provider limits the rate',
    remedy: 'It is retried after the time the provider names.',
  },
  MODEL_REJECTED: {
    kind: 'invalid',
    title: 'The model provider refused the request',
    remedy: 'See the message: the key, the model name or the request is not accepted.',
  },
  MODEL_OUTPUT_INVALID: {
    kind: 'internal',
    title: 'The model answered with something unusable',
    remedy: 'It is retried; choose another model if it goes on.',
  },
  EGRESS_REFUSED: {
    kind: 'forbidden',
    title: 'The address may not be called',
    remedy: 'Add the host to EGRESS_ALLOW if it is meant to be reached.',
  },
  EGRESS_FAILED: {
    kind: 'unavailable',
    title: 'The address could not be reached',
    remedy: 'Check the address; try again later.',
  },
  PATH_REFUSED: {
    kind: 'forbidden',
    title: 'The path lies outside the folder',
    remedy: 'Use a path inside the folder the tool was given.',
  },
  DOCUMENTS_NOT_FOUND: {
    kind: 'not-found',
    title: 'The documents cannot be read',
    remedy: 'Name a folder of text files that the server can read.',
  },
  BLOB_NOT_FOUND: {
    kind: 'not-found',
    title: 'The stored payload is missing',
    remedy: 'Restore the blob store from a backup.',
  },
  BLOB_CORRUPT: {
    kind: 'internal',
    title: 'The stored payload is damaged',
    remedy: 'Restore the blob named in the message from a backup; the disk may be failing.',
  },
  BACKUP_INVALID: {
    kind: 'invalid',
    title: 'The backup cannot be used',
    remedy: 'See the message: a file is missing or damaged, or it was written by a newer version.',
  },
  RESTORE_TARGET_NOT_EMPTY: {
    kind: 'conflict',
    title: 'The place to restore into is not empty',
    remedy: 'Restore into an empty database and data folder: choose another DATA_DIR or DATABASE_URL.',
  },
  KEY_NOT_FOUND: { kind: 'not-found', title: 'No such key', remedy: '`pygent keys list` shows the keys there are.' },
  LAST_ADMIN_KEY: {
    kind: 'conflict',
    title: 'It is the last key that may make keys',
    remedy: 'Make another admin key first: `pygent keys create <name> --role admin`.',
  },
  CONVERSATION_NOT_FOUND: {
    kind: 'not-found',
    title: 'No such conversation',
    remedy: 'Start a new one by leaving the id out.',
  },
  CONFIGURATION_INVALID: {
    kind: 'invalid',
    title: 'The configuration is not valid',
    remedy: 'Correct the variable named in the message.',
  },
  DATA_FOLDER_UNUSABLE: {
    kind: 'unavailable',
    title: 'The data folder cannot be used',
    remedy: 'Choose another with DATA_DIR, or mend its permissions.',
  },
  DATA_FOLDER_LOCKED: {
    kind: 'conflict',
    title: 'Another process holds the data folder',
    remedy: 'Stop that process, or choose another folder with DATA_DIR.',
  },
  PORT_IN_USE: {
    kind: 'conflict',
    title: 'The port is in use',
    remedy: 'Stop the process that holds it, or choose another with PORT.',
  },
  PLATFORM_UNSUPPORTED: {
    kind: 'unavailable',
    title: 'There is no embedded database for this platform',
    remedy: 'Set DATABASE_URL to a PostgreSQL 15 or newer.',
  },
  SCHEMA_TOO_NEW: {
    kind: 'conflict',
    title: 'The database was written by a newer version',
    remedy: 'Upgrade pygent-factory to at least that version.',
  },
  MIGRATION_FAILED: {
    kind: 'internal',
    title: 'A migration failed',
    remedy: 'Nothing of it was kept; see the message, mend it and start again.',
  },
} as const satisfies Record<string, ErrorSpec>;

export type ErrorCode = keyof typeof ERRORS;
