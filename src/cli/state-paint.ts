import type { Style } from './style.ts';

const GOOD: ReadonlySet<string> = new Set(['completed', 'enabled', 'ok', 'done']);
const BAD: ReadonlySet<string> = new Set(['failed', 'canceled', 'rejected', 'fail', 'revoked', 'expired']);
const WAITING: ReadonlySet<string> = new Set([
  'input-required',
  'auth-required',
  'outcome-unknown',
  'disabled',
  'warn',
]);

/** A state in its colour: red where it ended badly, yellow where somebody has to do something. */
export function paintState(style: Style, state: string): string {
  const name = state.trim();
  if (GOOD.has(name)) return style.green(state);
  if (BAD.has(name)) return style.red(state);
  return WAITING.has(name) ? style.yellow(state) : state;
}
