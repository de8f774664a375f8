import type { Connection } from './connection.ts';
import type { GlobalOptions } from './global-options.ts';
import { readable, readableJson } from './readable.ts';
import { type Style, styleOf } from './style.ts';
import type { Surroundings } from './surroundings.ts';

const DEFAULT_WIDTH = 80;
const LEAST_WIDTH = 40;
/** Of what is told where no terminal is: in a log there is room. */
const LOG_WIDTH = 120;

/** How a view is laid out for a person. */
export interface Layout {
  readonly style: Style;
  /** Columns of the terminal; undefined where the output is no terminal, and nothing is cut. */
  readonly width: number | undefined;
  readonly now: Date;
}

/** What a command works with. */
export interface CommandContext {
  readonly surroundings: Surroundings;
  readonly options: GlobalOptions;
  readonly json: boolean;
  /** Whether a person sits there who can be asked. */
  readonly interactive: boolean;
  readonly layout: Layout;
  /** How lines on stderr are set off. */
  readonly noticeStyle: Style;
  readonly noticeWidth: number;
  /** A line of data for a person, on stdout. Only for text that was made readable. */
  readonly print: (line: string) => void;
  /** A line that is no data, on stderr. Only for text that was made readable. */
  readonly tell: (line: string) => void;
  /** A JSON value on stdout: one line, or laid out where a person reads it. */
  readonly data: (value: unknown) => void;
  /** A JSON value on a line of its own on stdout. */
  readonly dataLine: (value: unknown) => void;
  /** A view as JSON where that was asked for, else its lines; `render` gets the view made readable. */
  readonly present: <View>(view: View, render: (view: View, layout: Layout) => readonly string[]) => void;
  readonly connect: () => Promise<Connection>;
}

/** A command: gets its arguments and options by their names; 0 unless it answers another code. */
export type CommandFunction<Input = never> = (
  context: CommandContext,
  input: Input,
  // oxlint-disable-next-line typescript/no-invalid-void-type -- most commands have nothing to answer
) => Promise<number | void>;

/** The context of one command. */
export function createCommandContext(surroundings: Surroundings, options: GlobalOptions): CommandContext {
  const { stdin, stdout, stderr, environment } = surroundings;
  const onTerminal = stdout.isTTY === true;
  const json = options.json === true;
  const layout: Layout = {
    style: styleOf(stdout, environment),
    width: onTerminal ? Math.max(LEAST_WIDTH, stdout.columns ?? DEFAULT_WIDTH) : undefined,
    now: new Date(),
  };
  const print = (line: string) => void stdout.write(`${line}\n`);
  const data = (value: unknown) => print(readableJson(value, onTerminal ? 2 : undefined));
  return {
    surroundings,
    options,
    json,
    interactive: !json && stdin.isTTY === true && stderr.isTTY === true,
    layout,
    noticeStyle: styleOf(stderr, environment),
    noticeWidth: stderr.isTTY === true ? Math.max(LEAST_WIDTH, stderr.columns ?? DEFAULT_WIDTH) : LOG_WIDTH,
    print,
    tell: (line) => void stderr.write(`${line}\n`),
    data,
    dataLine: (value) => print(readableJson(value)),
    present: (view, render) => {
      if (json) data(view);
      else for (const line of render(readable(view), layout)) print(line);
    },
    connect: async () => (await import('./connection.ts')).connectTo({ surroundings, options }),
  };
}
