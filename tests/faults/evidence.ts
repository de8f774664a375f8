/** What the kill rounds know of the world outside the engine, from plain files and the rows of the log. */

/** A call, written down as it begins. */
export type CallRecord =
  | {
      readonly kind: 'model';
      /** Milliseconds of the epoch. */
      readonly at: number;
      /** The run that the user's words name. */
      readonly run: string;
      /** How many results the model was shown. */
      readonly results: number;
    }
  | {
      readonly kind: 'read' | 'idempotent' | 'once';
      readonly at: number;
      readonly executionId: string;
      readonly stepKey: string;
      readonly idempotencyKey: string;
    };

/** An effect of a `once` tool that has happened; on the disk before the tool answers. */
export interface EffectRecord {
  readonly executionId: string;
  readonly stepKey: string;
  readonly number: number;
  readonly square: number;
}

export interface EventRow {
  readonly position: number;
  readonly streamId: string;
  readonly version: number;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Milliseconds of the epoch. */
  readonly recordedAt: number;
}

export interface Evidence {
  readonly calls: readonly CallRecord[];
  readonly effects: readonly EffectRecord[];
  /** The whole log, by position. */
  readonly events: readonly EventRow[];
  /** Tasks whose submission was confirmed to the caller. */
  readonly acknowledged: readonly string[];
  /** Numbers from 1 to this are squared in each run. */
  readonly steps: number;
}

export type OperationKind = 'read' | 'idempotent' | 'once';
const KINDS: readonly OperationKind[] = ['read', 'idempotent', 'once'];

/** The kind of tool that squares a number; all three in turns. */
export function kindFor(number: number): OperationKind {
  return KINDS[(number - 1) % KINDS.length] ?? 'read';
}

export function runQuestion(run: string, question: string): string {
  return `Run ${run}: ${question}`;
}

/** The run that the user's words name. */
export function runOf(text: string): string {
  const run = /^Run (\S+):/.exec(text)?.[1];
  if (run === undefined) throw new Error(`no run is named in: ${text}`);
  return run;
}
