/** Options that every command takes. */
export interface GlobalOptions {
  /** Data on stdout as JSON. */
  readonly json?: boolean;
  /** Address of the factory. */
  readonly url?: string;
  readonly key?: string;
  /** Data folder of the factory, in place of DATA_DIR. */
  readonly dataDir?: string;
}
