import { catchUpProjections, inlineProjections } from '../container.ts';
import { rebuildDatabase as rebuild } from '../roles/maintenance.ts';
import type { CommandContext } from './command-context.ts';
import { formatCount, formatNumberOf } from './formats.ts';
import { localMaintenance } from './local-maintenance.ts';

/** pygent db rebuild */
export async function rebuildDatabase(context: CommandContext): Promise<void> {
  const projections = inlineProjections();
  const catchUps = catchUpProjections();
  const onTerminal = context.surroundings.stderr.isTTY === true;
  const events = await rebuild(localMaintenance(context), {
    projections,
    catchUps,
    onProgress: (read) => {
      if (onTerminal) context.surroundings.stderr.write(`\r${formatCount(read)} events …`);
    },
  });
  if (onTerminal) context.surroundings.stderr.write('\r\u001b[K');
  const names = [...projections, ...catchUps].map(({ name }) => name);
  context.present({ projections: names, events }, () => [
    `Made ${names.join(', ')} anew from ${formatNumberOf(events, 'event')}.`,
  ]);
}
