import { PassThrough } from 'node:stream';

import type { Argument, Command, Option } from 'commander';

import { EXIT_CODES } from './exit-codes.ts';
import { createProgram } from './program.ts';

/** docs/cli.md, made from the commands themselves. */
export function cliPage(): string {
  const stdout = new PassThrough();
  const program = createProgram({ stdout, stderr: stdout, environment: {} }, () => async () => undefined);
  const commands = program.commands.flatMap((command) => [command, ...command.commands]);
  const codes = Object.values(EXIT_CODES).map(({ code, meaning }) => `| ${code} | ${cell(meaning)} |`);
  return `# Command line

\`pygent\` talks with a running factory over its API; only \`up\`, \`db\` and \`doctor\` work on this machine. A command
is a noun and a verb. \`pygent <command> --help\` tells everything that stands here.

**Which factory.** \`--url\`, else \`PYGENT_URL\`, else \`server.json\` in the data folder, which \`up\` writes, else
http://127.0.0.1:8700. The key is \`--key\`, else \`PYGENT_API_KEY\`, else the content of the file that
\`PYGENT_API_KEY_FILE\` names, else \`admin-key\` in the data folder; this last one is sent to this machine only. The data
folder is found from the current folder upwards: the nearest folder with a \`pygent.config.*\` or a \`.pygent\` counts
(see [configuration](configuration.md)).

**Output.** What was asked for goes to stdout, everything else to stderr. With \`--json\` stdout gets one JSON document,
or one JSON value a line where it is a stream; an error is then one line \`{"error":{"code","message","remedy",…}}\` on
stderr. Colours are for terminals and heed \`NO_COLOR\` and \`FORCE_COLOR\`. Text of models, tools and users is shown
without the control characters that a terminal would obey. Nothing is asked where there is no terminal.

**Lists** take \`--limit\`, and \`--cursor\` to go on behind a page; \`--all\` gives everything.

## Exit codes

| Code | Meaning |
|---|---|
${codes.join('\n')}

## Options of every command

${optionTable(program.options)}

${commands.map((command) => section(command)).join('\n\n')}
`;
}

function section(command: Command): string {
  if (command.commands.length > 0) return `## ${pathOf(command)}\n\n${command.description()}`;
  const level = command.parent?.parent === null ? '##' : '###';
  const words = command.registeredArguments.map((argument) => ` ${argumentTerm(argument)}`).join('');
  const text = command.description() === '' ? sentence(command.summary()) : command.description();
  const parts = [
    `${level} ${pathOf(command)}`,
    `\`pygent ${pathOf(command)}${command.options.length === 0 ? '' : ' [options]'}${words}\``,
    text.replaceAll('\n', ' '),
    ...(command.registeredArguments.length === 0 ? [] : [argumentTable(command.registeredArguments)]),
    ...(command.options.length === 0 ? [] : [optionTable(command.options)]),
  ];
  return parts.join('\n\n');
}

function pathOf(command: Command): string {
  return command.parent?.parent === null ? command.name() : `${command.parent?.name()} ${command.name()}`;
}

function argumentTerm(argument: Argument): string {
  const name = argument.variadic ? `${argument.name()}...` : argument.name();
  return argument.required ? `<${name}>` : `[${name}]`;
}

function argumentTable(items: readonly Argument[]): string {
  const rows = items.map((argument) => `| \`${argument.name()}\` | ${cell(argument.description)} |`);
  return ['| Argument | |', '|---|---|', ...rows].join('\n');
}

function optionTable(options: readonly Option[]): string {
  const rows = options.map((option) => `| \`${option.flags}\` | ${cell(optionText(option))} |`);
  return ['| Option | |', '|---|---|', ...rows].join('\n');
}

function optionText(option: Option): string {
  const facts = [
    ...(option.argChoices === undefined ? [] : [`one of ${option.argChoices.join(', ')}`]),
    ...(option.defaultValue === undefined ? [] : [`${String(option.defaultValue)} unless given`]),
    ...(option.mandatory && option.defaultValue === undefined ? ['must be given'] : []),
  ];
  return facts.length === 0 ? option.description : `${option.description} (${facts.join('; ')})`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;');
}
