import { enableCompileCache } from 'node:module';

enableCompileCache();
const { runCli } = await import('./cli/run-cli.ts');
const { watchNpm } = await import('./utils/npm-watch.ts');
const { onStopSignal } = await import('./utils/stop-signals.ts');

watchNpm(process.env, () => process.kill(process.pid, 'SIGTERM'));
process.exitCode = await runCli({
  argv: process.argv.slice(2),
  environment: process.env,
  folder: process.cwd(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  onInterrupt: (listener) => onStopSignal(listener, ['SIGINT']),
  onStop: (listener) => onStopSignal(listener),
  leave: (code) => process.exit(code),
});
