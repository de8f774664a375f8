/** What a look at one thing that the factory needs has found. */
export interface CheckResult {
  readonly name: string;
  /** `warn`: it works, but not for ever or not for everything. */
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  /** How to mend it. */
  readonly remedy?: string;
}
