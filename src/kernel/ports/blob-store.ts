/** Immutable bytes under the SHA-256 of their content. */
export interface BlobStore {
  /** Stores the bytes durably (atomic, fsynced) and returns their hash, 64 hex digits. */
  put(content: Uint8Array): Promise<string>;
  /** @throws AppError BLOB_NOT_FOUND */
  get(hash: string): Promise<Uint8Array>;
  has(hash: string): Promise<boolean>;
}
