/** A slice of a list: at most `limit` items behind `cursor`. */
export interface PageRequest {
  /** 1 to 200. */
  readonly limit: number;
  /** Opaque, from the page before. */
  readonly cursor?: string;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Absent on the last page. */
  readonly nextCursor?: string;
}
