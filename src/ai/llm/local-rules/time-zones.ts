/** Large cities, countries and abbreviations that no IANA zone is named after, and the zone they live by. */
const ZONES_OF: Readonly<Record<string, string>> = {
  'san francisco': 'America/Los_Angeles',
  seattle: 'America/Los_Angeles',
  'las vegas': 'America/Los_Angeles',
  'san diego': 'America/Los_Angeles',
  'silicon valley': 'America/Los_Angeles',
  california: 'America/Los_Angeles',
  boston: 'America/New_York',
  washington: 'America/New_York',
  'washington dc': 'America/New_York',
  miami: 'America/New_York',
  atlanta: 'America/New_York',
  philadelphia: 'America/New_York',
  nyc: 'America/New_York',
  houston: 'America/Chicago',
  dallas: 'America/Chicago',
  austin: 'America/Chicago',
  texas: 'America/Chicago',
  montreal: 'America/Toronto',
  ottawa: 'America/Toronto',
  'rio de janeiro': 'America/Sao_Paulo',
  munich: 'Europe/Berlin',
  hamburg: 'Europe/Berlin',
  cologne: 'Europe/Berlin',
  frankfurt: 'Europe/Berlin',
  germany: 'Europe/Berlin',
  austria: 'Europe/Vienna',
  salzburg: 'Europe/Vienna',
  graz: 'Europe/Vienna',
  linz: 'Europe/Vienna',
  innsbruck: 'Europe/Vienna',
  france: 'Europe/Paris',
  lyon: 'Europe/Paris',
  italy: 'Europe/Rome',
  milan: 'Europe/Rome',
  venice: 'Europe/Rome',
  spain: 'Europe/Madrid',
  barcelona: 'Europe/Madrid',
  switzerland: 'Europe/Zurich',
  geneva: 'Europe/Zurich',
  england: 'Europe/London',
  uk: 'Europe/London',
  'united kingdom': 'Europe/London',
  manchester: 'Europe/London',
  edinburgh: 'Europe/London',
  poland: 'Europe/Warsaw',
  sweden: 'Europe/Stockholm',
  norway: 'Europe/Oslo',
  finland: 'Europe/Helsinki',
  greece: 'Europe/Athens',
  turkey: 'Europe/Istanbul',
  kyiv: 'Europe/Kyiv',
  japan: 'Asia/Tokyo',
  osaka: 'Asia/Tokyo',
  china: 'Asia/Shanghai',
  beijing: 'Asia/Shanghai',
  india: 'Asia/Kolkata',
  mumbai: 'Asia/Kolkata',
  delhi: 'Asia/Kolkata',
  'new delhi': 'Asia/Kolkata',
  bangalore: 'Asia/Kolkata',
  korea: 'Asia/Seoul',
  'abu dhabi': 'Asia/Dubai',
  'tel aviv': 'Asia/Jerusalem',
  israel: 'Asia/Jerusalem',
  'cape town': 'Africa/Johannesburg',
  egypt: 'Africa/Cairo',
  canberra: 'Australia/Sydney',
  wellington: 'Pacific/Auckland',
  'new zealand': 'Pacific/Auckland',
  utc: 'UTC',
  gmt: 'UTC',
  cet: 'Europe/Paris',
  est: 'America/New_York',
  pst: 'America/Los_Angeles',
};

let zonesByCity: ReadonlyMap<string, string> | undefined;

/** Every IANA zone by the city it is named after, in small letters. */
function cityZones(): ReadonlyMap<string, string> {
  zonesByCity ??= new Map([
    ...Intl.supportedValuesOf('timeZone').map((zone): [string, string] => [
      (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ').toLowerCase(),
      zone,
    ]),
    ...Object.entries(ZONES_OF),
  ]);
  return zonesByCity;
}

export interface ZoneMention {
  readonly zone: string;
  readonly start: number;
  readonly end: number;
}

/** The first time zone a text names: by its IANA name, by a city or by a country. */
export function zoneIn(text: string): ZoneMention | undefined {
  const written = /\b[A-Z][A-Za-z]+(?:\/[A-Z][A-Za-z_-]+)+/u.exec(text);
  if (written !== null) return { zone: written[0], start: written.index, end: written.index + written[0].length };
  const words = [...text.slice(0, 2000).matchAll(/\p{L}+/gu)];
  for (const [at, word] of words.entries()) {
    for (const count of [3, 2, 1]) {
      const last = words[at + count - 1];
      if (last === undefined) continue;
      const [start, end] = [word.index, last.index + last[0].length];
      const zone = cityZones().get(text.slice(start, end).toLowerCase());
      if (zone !== undefined && (count > 1 || /^\p{Lu}/u.test(word[0]) || word[0].length > 3))
        return { zone, start, end };
    }
  }
  return undefined;
}
