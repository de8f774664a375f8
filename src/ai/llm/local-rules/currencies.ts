/** A currency that a text names. */
export interface CurrencyMention {
  /** ISO 4217. */
  readonly code: string;
  readonly start: number;
  readonly end: number;
}

const CURRENCIES: readonly (readonly [code: string, forms: string])[] = [
  ['CAD', String.raw`canadian dollars?|CAD`],
  ['AUD', String.raw`australian dollars?|AUD`],
  ['HKD', String.raw`hong kong dollars?|HKD`],
  ['SGD', String.raw`singapore dollars?|SGD`],
  ['NZD', String.raw`new zealand dollars?|NZD`],
  ['USD', String.raw`(?:US|U\.S\.|american) dollars?|USD|dollars?|bucks|\$`],
  ['EUR', String.raw`euros?|EUR|€`],
  ['GBP', String.raw`(?:british |sterling )pounds?(?: sterling)?|GBP|pounds? sterling|£|pounds`],
  ['JPY', String.raw`(?:japanese )?yen|JPY|¥`],
  ['CNY', String.raw`(?:chinese )?(?:yuan|renminbi)|CNY|RMB`],
  ['INR', String.raw`(?:indian )?rupees?|INR|₹`],
  ['CHF', String.raw`swiss francs?|CHF`],
  ['MXN', String.raw`(?:mexican )?pesos?|MXN`],
  ['BRL', String.raw`(?:brazilian )?reais|BRL`],
  ['KRW', String.raw`(?:south korean |korean )won|KRW`],
  ['SEK', String.raw`swedish kron(?:a|or)|SEK`],
  ['NOK', String.raw`norwegian kroner?|NOK`],
  ['DKK', String.raw`danish kroner?|DKK`],
  ['PLN', String.raw`(?:polish )?z[lł]oty(?:ch)?|PLN`],
  ['RUB', String.raw`(?:russian )?rubles?|RUB`],
  ['TRY', String.raw`turkish lira|TRY`],
  ['ZAR', String.raw`(?:south african )?rand|ZAR`],
  ['BTC', String.raw`bitcoins?|BTC`],
  ['ETH', String.raw`ethereum|ether|ETH`],
];

const PATTERN = new RegExp(
  CURRENCIES.map(([code, forms]) => String.raw`(?<${code}>(?<![\p{L}])(?:${forms})(?![\p{L}]))`).join('|'),
  'giu',
);

/** Every currency a text names, by word, code or sign, in order. */
export function currencyMentions(text: string): readonly CurrencyMention[] {
  return [...text.matchAll(PATTERN)].flatMap((match) => {
    const code = Object.entries(match.groups ?? {}).find(([, found]) => found !== undefined)?.[0];
    // A code in small letters is a common word: "try", "cad".
    if (code === undefined || match[0] === code.toLowerCase()) return [];
    return [{ code, start: match.index, end: match.index + match[0].length }];
  });
}
