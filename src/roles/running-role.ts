/** A role at work in this process. */
export interface RunningRole {
  /** Stops it gracefully: what is under way ends or is handed over. */
  close(): Promise<void>;
}
