/** How long the server waits for a slow or silent client, each in milliseconds. */
export interface ApiTimeouts {
  /** From the connection, or the end of the request before, to the end of the headers. */
  readonly headers: number;
  /** The same to the end of the body; an answer, such as a stream, may take as long as it likes. */
  readonly request: number;
  /** How often both are looked after. */
  readonly check: number;
  /** How long a connection is kept between two requests; longer than proxies keep theirs. */
  readonly keepAlive: number;
  /** How long a stream waits for a client that takes nothing; many times its heartbeat. */
  readonly stalledStream: number;
}

export const API_TIMEOUTS: ApiTimeouts = {
  headers: 20_000,
  request: 120_000,
  check: 5_000,
  keepAlive: 72_000,
  stalledStream: 120_000,
};
