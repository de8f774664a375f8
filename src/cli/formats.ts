const COUNT = new Intl.NumberFormat('en-US');

/** 1,204 */
export function formatCount(count: number): string {
  return COUNT.format(count);
}

/** 8 ms, 1.2 s, 2 min 5 s, 3 h 20 min */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1_000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** US dollars: $0, $0.0012, $3.40 */
export function formatCost(dollars: number): string {
  if (dollars === 0) return '$0';
  if (dollars < 0.0001) return '<$0.0001';
  return dollars < 0.1 ? `$${dollars.toFixed(4)}` : `$${dollars.toFixed(2)}`;
}

/** 512 → 18 tokens */
export function formatTokens(inputTokens: number | undefined, outputTokens: number | undefined): string {
  return `${formatCount(inputTokens ?? 0)} → ${formatCount(outputTokens ?? 0)} tokens`;
}

const AGES: readonly (readonly [unit: string, seconds: number])[] = [
  ['y', 31_536_000],
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
];

/** How long ago, in its largest unit: 5s, 3m, 2h, 4d, 1y */
export function formatAge(time: string, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - Date.parse(time)) / 1_000));
  const [unit, size] = AGES.find(([, least]) => seconds >= least) ?? ['s', 1];
  return `${Math.floor(seconds / size)}${unit}`;
}

/** A time as a person reads it: 2026-01-02 03:04:05 UTC */
export function formatTime(time: string): string {
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** The time of the day in UTC: 03:04:05 */
export function formatClock(time: string): string {
  return new Date(time).toISOString().slice(11, 19);
}

/** One thing or several: 1 step, 3 steps */
export function formatNumberOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
