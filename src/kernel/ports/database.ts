import type { ColumnType, Generated, Kysely } from 'kysely';

type Timestamp = ColumnType<Date, Date | string, Date | string>;
type NullableTimestamp = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
/** `bigint`: read as decimal text, because a JavaScript number would lose digits beyond 2^53. */
type BigInteger = ColumnType<string, number | bigint | string, number | bigint | string>;
/** Stored as `json`; written as text, read as the parsed value. */
type Json<Value> = ColumnType<Value, string, string>;

export interface AgentsTable {
  tenant_id: string;
  name: string;
  /** The newest version. */
  version: number;
  status: 'enabled' | 'disabled';
  description: string;
  tags: string[];
  capabilities: string[];
  /** Alias to version. */
  aliases: Json<Record<string, number>>;
  stream_version: number;
  created_at: Timestamp;
  updated_at: Timestamp;
}

export interface AgentVersionsTable {
  tenant_id: string;
  name: string;
  version: number;
  definition: Json<unknown>;
  definition_hash: string;
  created_at: Timestamp;
  created_by: string;
}

export interface TasksTable {
  id: string;
  tenant_id: string;
  agent_name: string;
  agent_version: number;
  conversation_id: string | null;
  turn: number | null;
  parent_execution_id: string | null;
  state: string;
  input: Json<unknown>;
  output: Json<unknown> | null;
  error: Json<unknown> | null;
  /** What an input-required task waits for. */
  waiting: Json<unknown> | null;
  execution_id: string | null;
  stream_version: number;
  created_by: string;
  created_at: Timestamp;
  updated_at: Timestamp;
}

export interface ExecutionsTable {
  id: string;
  tenant_id: string;
  task_id: string;
  agent_name: string;
  agent_version: number;
  status: string;
  primary_execution: boolean;
  fork_of: string | null;
  parent_execution_id: string | null;
  steps: number;
  input_tokens: BigInteger;
  output_tokens: BigInteger;
  /** Millionths of a US dollar. */
  cost_microdollars: BigInteger;
  wake_at: NullableTimestamp;
  created_at: Timestamp;
  updated_at: Timestamp;
  ended_at: NullableTimestamp;
}

export interface ModelUsageTable {
  tenant_id: string;
  /** In UTC. */
  day: Timestamp;
  agent_name: string;
  agent_version: number;
  model: string;
  calls: BigInteger;
  failed_calls: BigInteger;
  input_tokens: BigInteger;
  output_tokens: BigInteger;
  cached_input_tokens: BigInteger;
  reasoning_tokens: BigInteger;
  cost_microdollars: BigInteger;
}

export interface ExecutionUsageTable {
  tenant_id: string;
  day: Timestamp;
  agent_name: string;
  agent_version: number;
  started: BigInteger;
  completed: BigInteger;
  failed: BigInteger;
  canceled: BigInteger;
}

export interface KeysTable {
  id: string;
  tenant_id: string;
  name: string;
  prefix: string;
  secret_hmac: Buffer;
  role: string;
  scopes: string[];
  created_by: string;
  created_at: Timestamp;
  expires_at: NullableTimestamp;
  revoked_at: NullableTimestamp;
}

export interface IdempotencyTable {
  tenant_id: string;
  key: string;
  principal_id: string;
  request_hash: string;
  /** null while the first request is still being answered. */
  status: number | null;
  body: Json<unknown> | null;
  headers: Json<Record<string, string>> | null;
  created_at: Timestamp;
}

export interface WorkersTable {
  id: string;
  host: string;
  pid: number;
  heartbeat_at: Timestamp;
}

export interface ClaimsTable {
  execution_id: string;
  worker_id: string;
  claimed_at: Timestamp;
  woken: Generated<boolean>;
}

export interface ProjectionsTable {
  name: string;
  position: ColumnType<string, bigint | string, bigint | string>;
  updated_at: Timestamp;
}

export interface EventsTable {
  global_position: Generated<string>;
  stream_id: string;
  version: number;
  type: string;
  data: Json<unknown>;
  metadata: Json<unknown>;
  tenant_id: string;
  recorded_at: Timestamp;
}

/** The tables of `migrations/`, as Kysely sees them. */
export interface Database {
  events: EventsTable;
  agents: AgentsTable;
  agent_versions: AgentVersionsTable;
  tasks: TasksTable;
  executions: ExecutionsTable;
  model_usage: ModelUsageTable;
  execution_usage: ExecutionUsageTable;
  keys: KeysTable;
  idempotency_keys: IdempotencyTable;
  workers: WorkersTable;
  claims: ClaimsTable;
  projections: ProjectionsTable;
}

/** The query builder that `pg-*` files get handed. */
export type Queries = Kysely<Database>;

/** A statement inside the append's transaction; `name` makes it a prepared one. */
export interface SqlStatement {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}
