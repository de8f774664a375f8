import { AppError } from '../kernel/errors.ts';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether a server bound to this host can be reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/**
 * Guards a loopback server against DNS rebinding: a page whose name was made to point at 127.0.0.1
 * still sends its own name in Host. A public bind answers any name unless names are allowed.
 * @throws AppError HOST_REFUSED from the returned check
 */
export function createHostGuard({
  host,
  allowedHosts,
}: {
  readonly host: string;
  readonly allowedHosts: readonly string[];
}): (hostHeader: string | undefined) => void {
  if (!isLoopback(host) && allowedHosts.length === 0) return () => undefined;
  const allowed = new Set(allowedHosts.map((name) => name.toLowerCase()));
  if (isLoopback(host)) for (const name of [...LOOPBACK, host]) allowed.add(name);
  return (hostHeader) => {
    const name = (hostHeader ?? '').toLowerCase().replace(/:\d+$/, '');
    if (allowed.has(name)) return;
    throw new AppError('HOST_REFUSED', `the Host header names "${name.slice(0, 253)}", which is not served here`);
  };
}
