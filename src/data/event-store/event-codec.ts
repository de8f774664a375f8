import type { DomainEvent, EventMetadata, RecordedEvent } from '../../kernel/event.ts';
import type { TenantId } from '../../kernel/ids.ts';
import type { BlobStore } from '../../kernel/ports/blob-store.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../utils/json.ts';

/** Event data above this many UTF-8 bytes go to the blob store; the log keeps their hash. */
export const INLINE_LIMIT_BYTES = 65_536;

const BLOB_KEY = '$blob';

/** A row of `events` as the driver gives it; `data` and `metadata` are parsed JSON. */
export interface EventRow {
  readonly global_position: string;
  readonly stream_id: string;
  readonly version: number;
  readonly type: string;
  readonly data: JsonObject;
  readonly metadata: EventMetadata;
  readonly tenant_id: string;
  readonly recorded_at: Date;
}

/** The event's data as the text to store: itself, or a reference to the blob that holds it. */
export function encodeData(event: DomainEvent<string, object>, blobs: BlobStore): string | Promise<string> {
  const text = JSON.stringify(event.data);
  if (text.length <= INLINE_LIMIT_BYTES / 3) return text;
  const bytes = Buffer.from(text);
  return bytes.length <= INLINE_LIMIT_BYTES ? text : storeData(bytes, blobs);
}

async function storeData(bytes: Buffer, blobs: BlobStore): Promise<string> {
  return JSON.stringify({ [BLOB_KEY]: await blobs.put(bytes), bytes: bytes.length });
}

/** A row as an event, with data that went to the blob store fetched back. */
export async function decodeRow(row: EventRow, blobs: BlobStore): Promise<RecordedEvent> {
  return {
    globalPosition: BigInt(row.global_position),
    streamId: row.stream_id,
    version: row.version,
    type: row.type,
    data: await decodeData(row.data, blobs),
    metadata: row.metadata,
    tenantId: row.tenant_id as TenantId,
    recordedAt: row.recorded_at,
  };
}

async function decodeData(data: JsonObject, blobs: BlobStore): Promise<JsonObject> {
  const hash = data[BLOB_KEY];
  if (typeof hash !== 'string') return data;
  const parsed = JSON.parse(Buffer.from(await blobs.get(hash)).toString('utf8')) as JsonValue;
  return isJsonObject(parsed) ? parsed : data;
}
