/** A message of a stream, before it is put into the frames of a wire. */
export type StreamMessage =
  /** Kept in the log: `id` is its position, the cursor to go on from. */
  | { readonly kind: 'durable'; readonly id: string; readonly event: string; readonly data: unknown }
  /** Not kept; carries no cursor. */
  | { readonly kind: 'ephemeral'; readonly event: string; readonly data: unknown }
  /** Nothing happened for a while. */
  | { readonly kind: 'heartbeat' };
