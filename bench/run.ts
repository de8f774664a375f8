/**
 * Measures the published figures and puts them into docs/benchmarks.md:
 *   npm run bench                  all parts
 *   npm run bench -- steps growth  some of them
 */
import { boot } from './boot.ts';
import { growth } from './growth.ts';
import { http } from './http.ts';
import { describeMachine } from './machine.ts';
import { type Part, progress } from './part.ts';
import { publish } from './publish.ts';
import { startup } from './startup.ts';
import { steps } from './steps.ts';

/** Measures the part, and publishes what came of it. */
type RunPart = () => Promise<void>;

const PARTS = new Map<string, RunPart>([
  runnable(steps),
  runnable(startup),
  runnable(growth),
  runnable(boot),
  runnable(http),
]);

function runnable<Figures extends object>({ name, measure, render }: Part<Figures>): [string, RunPart] {
  return [
    name,
    async () => {
      const started = performance.now();
      const figures = await measure();
      const section = render(figures);
      const seconds = (performance.now() - started) / 1000;
      publish({ part: name, machine: describeMachine(), seconds, figures, section });
      process.stdout.write(`${section}\n\n`);
    },
  ];
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !PARTS.has(name));
if (unknown.length > 0) {
  progress(`No part is named ${unknown.join(', ')}; there are: ${[...PARTS.keys()].join(', ')}`);
  process.exitCode = 2;
} else {
  for (const [name, runPart] of PARTS) {
    if (wanted.length === 0 || wanted.includes(name)) await runPart();
  }
}
