/** SIGHUP is what a terminal sends that is closed. */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type StopSignal = (typeof STOP_SIGNALS)[number];

/** Nobody presses Ctrl-C twice in this time. */
const SAME_PRESS_MILLISECONDS = 100;
/** Whoever notices that his own child is to be stopped passes it on within this time. */
const SAME_STOP_MILLISECONDS = 1_000;

/**
 * Calls back each time somebody wants this process to end; returns how to stop listening. One wish often comes
 * several times: from a terminal or a service manager to the whole group, and once more from each launcher in it
 * that passes on what it got. What follows so closely counts as the same.
 */
export function onStopSignal(
  listener: (signal: StopSignal) => void,
  signals: readonly StopSignal[] = STOP_SIGNALS,
): () => void {
  let last: { readonly signal: StopSignal; readonly at: number } | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    const heard = { signal: signal as StopSignal, at: performance.now() };
    const pressed = signal === 'SIGINT' && last?.signal === 'SIGINT';
    const isSame =
      last !== undefined && heard.at - last.at < (pressed ? SAME_PRESS_MILLISECONDS : SAME_STOP_MILLISECONDS);
    if (isSame) return;
    last = heard;
    listener(heard.signal);
  };
  for (const signal of signals) process.on(signal, onSignal);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
}
