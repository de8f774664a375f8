/**
 * Runs the imports and the creation of an agent, then tells what they took as one line of JSON:
 * milliseconds, and the bytes of memory the process holds (resident set). Plain JavaScript, so that
 * nothing is compiled or stripped inside the measurement.
 * @param {() => Promise<object>} createAgent imports what it needs and answers the agent
 */
export async function reportStartup(createAgent) {
  const started = performance.now();
  const agent = await createAgent();
  const milliseconds = performance.now() - started;
  const { rss } = process.memoryUsage();
  if (typeof agent !== 'object') throw new Error('no agent was made');
  process.stdout.write(`${JSON.stringify({ milliseconds, residentBytes: rss })}\n`);
}
