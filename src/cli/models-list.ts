import type { CommandContext } from './command-context.ts';
import { table } from './text-layout.ts';

/** pygent models list */
export async function listModels(context: CommandContext): Promise<void> {
  const { client } = await context.connect();
  context.present(await client.models.list(), (models, { style, width }) => [
    `Default: ${style.bold(models.default.model)}  ${style.dim(models.default.reason)}`,
    '',
    ...table(models.providers, {
      width,
      title: style.dim,
      columns: [
        { title: 'PROVIDER', value: ({ provider }) => provider },
        {
          title: 'CONFIGURED',
          value: ({ configured }) => (configured ? 'yes' : 'no'),
          paint: (text, { configured }) => (configured ? style.green(text) : style.dim(text)),
        },
        { title: 'WHY', value: ({ reason }) => reason, flexible: true },
      ],
    }),
  ]);
}
