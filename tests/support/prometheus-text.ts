/** A sample of the exposition format: its name, its labels as written, its value. */
export interface Sample {
  readonly name: string;
  readonly labels: string;
  readonly value: number;
}

const HELP = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) \S.*$/;
const TYPE = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary)$/;
const SAMPLE =
  /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? (-?(?:\d[\d.e+-]*|Inf|NaN)|\+Inf)$/;

/**
 * Reads the text format 0.0.4 of Prometheus, and throws where a line does not belong into it: a sample before its
 * TYPE, a series twice, a histogram whose last bucket is not its count, a text without its last line feed.
 */
export function readPrometheusText(text: string): readonly Sample[] {
  if (!text.endsWith('\n')) throw new Error('the last line has no line feed');
  const types = new Map<string, string>();
  const series = new Map<string, Sample>();
  for (const line of text.split('\n')) {
    if (line === '' || HELP.test(line)) continue;
    const [, family = '', type = ''] = TYPE.exec(line) ?? [];
    if (family !== '') {
      if (types.has(family)) throw new Error(`${family} has two types`);
      types.set(family, type);
      continue;
    }
    const [, name = '', labels = '', value = ''] = SAMPLE.exec(line) ?? [];
    if (name === '') throw new Error(`not a line of the format: ${line}`);
    if (!isTyped(name, types)) throw new Error(`${name} comes before its type`);
    const key = `${name}{${labels}}`;
    if (series.has(key)) throw new Error(`${key} is there twice`);
    series.set(key, { name, labels, value: Number(value.replace('Inf', 'Infinity')) });
  }
  checkHistograms(series, types);
  return [...series.values()];
}

function isTyped(name: string, types: ReadonlyMap<string, string>): boolean {
  const base = types.get(name.replace(/_(?:bucket|sum|count)$/, ''));
  return types.has(name) || base === 'histogram' || base === 'summary';
}

function checkHistograms(series: ReadonlyMap<string, Sample>, types: ReadonlyMap<string, string>): void {
  for (const { name, labels, value } of series.values()) {
    const family = name.replace(/_count$/, '');
    if (family === name || types.get(family) !== 'histogram') continue;
    const last = series.get(`${family}_bucket{le="+Inf"${labels === '' ? '' : `,${labels}`}}`);
    if (last?.value !== value) throw new Error(`${family}{${labels}} counts ${value}, its last bucket ${last?.value}`);
  }
}
