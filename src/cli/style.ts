import type { OutputStream } from './surroundings.ts';

type Paint = (text: string) => string;

/** The few ways in which text is set off; each gives the text itself where colours are not wanted. */
export interface Style {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
}

const paint =
  (open: number, close: number): Paint =>
  (text) =>
    text === '' ? '' : `\u001b[${open}m${text}\u001b[${close}m`;

const COLOURED: Style = {
  bold: paint(1, 22),
  dim: paint(2, 22),
  red: paint(31, 39),
  green: paint(32, 39),
  yellow: paint(33, 39),
};

const same: Paint = (text) => text;
const PLAIN: Style = { bold: same, dim: same, red: same, green: same, yellow: same };

/** Colours on a terminal, unless NO_COLOR is set (no-color.org) or the terminal is dumb; FORCE_COLOR wins. */
export function styleOf(stream: OutputStream, environment: Readonly<Record<string, string | undefined>>): Style {
  const forced = environment['FORCE_COLOR'];
  if (forced !== undefined && forced !== '') return forced === '0' ? PLAIN : COLOURED;
  const wanted = (environment['NO_COLOR'] ?? '') === '' && environment['TERM'] !== 'dumb';
  return stream.isTTY === true && wanted ? COLOURED : PLAIN;
}
