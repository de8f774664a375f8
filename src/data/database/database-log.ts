/** Where the database layer tells what it does; the shape of pino's methods, so that a logger can be handed in. */
export interface DatabaseLog {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
}
