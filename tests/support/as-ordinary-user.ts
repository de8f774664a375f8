import { execFileSync } from 'node:child_process';

/**
 * Runs a module's text in a process that isn't root, and gives what it prints. As root it becomes nobody once
 * everything is imported, so that the sources may lie where only root can read them.
 * @param imports import declarations, of absolute URLs
 * @param body statements
 */
export function runAsOrdinaryUser({ imports, body }: { readonly imports: string; readonly body: string }): string {
  const becomeNobody =
    'if (process.getuid?.() === 0) { process.setgroups([]); process.setgid(65534); process.setuid(65534); }';
  const text = `${imports}\n${becomeNobody}\n${body}`;
  return execFileSync(process.execPath, ['--input-type=module', '--eval', text], { encoding: 'utf8' });
}
