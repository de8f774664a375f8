import { createInterface, type Interface } from 'node:readline';

import type { CommandContext } from './command-context.ts';

/**
 * The turns that somebody types, or that come through a pipe, without empty ones. On a terminal
 * lines can be edited and recalled, and nothing is read while an answer is on its way.
 */
export async function* chatLines(context: CommandContext): AsyncGenerator<string> {
  if (!context.interactive) {
    for await (const line of createInterface({ input: context.surroundings.stdin, crlfDelay: Infinity })) {
      if (line.trim() !== '') yield line.trim();
    }
    return;
  }
  const history: string[] = [];
  for (;;) {
    const line = await askLine(context, history);
    if (line === undefined) return;
    if (line !== '') yield line;
  }
}

/** One line; undefined where the person wants no more (Ctrl-D, Ctrl-C). */
async function askLine(context: CommandContext, history: string[]): Promise<string | undefined> {
  const { stdin, stderr } = context.surroundings;
  const reader = createInterface({
    input: stdin,
    output: stderr,
    terminal: true,
    history: [...history],
    historySize: 1_000,
  });
  try {
    const line = await nextLine(reader, context.noticeStyle.bold('\nyou › '));
    if (line === undefined) stderr.write('\n');
    else if (line.trim() !== '') history.unshift(line);
    return line?.trim();
  } finally {
    reader.close();
  }
}

function nextLine(reader: Interface, prompt: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    reader.once('close', () => resolve(undefined));
    reader.once('SIGINT', () => resolve(undefined));
    reader.question(prompt, resolve);
  });
}
