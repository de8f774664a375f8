import type { Slot } from './tool-view.ts';

/** What sort of text a slot takes, read from its format, name and description. */
export type TextKind =
  | 'host'
  | 'zone'
  | 'phone'
  | 'unit'
  | 'month'
  | 'date'
  | 'time'
  | 'email'
  | 'url'
  | 'path'
  | 'expression'
  | 'formula'
  | 'query'
  | 'message'
  | 'place'
  | 'name'
  | 'code'
  | 'currency'
  | 'people'
  | 'color'
  | 'plain';

const KINDS: readonly (readonly [kind: TextKind, words: RegExp])[] = [
  ['month', /^month$/u],
  ['unit', /\b(?:from|to|source|target|input|output|original|desired) units?\b|^units? (?:from|to)$/u],
  ['currency', /\bcurrency\b|^(?:from|to|source|target|base|quote)? ?currenc(?:y|ies)$/u],
  ['color', /\b(?:colou?r|colou?rs|shade)\b/u],
  ['people', /\b(?:cuisine|language|lang|nationality|ethnicity)\b/u],
  ['date', /\b(?:date|day|deadline|birthday|checkin|checkout|check in|check out)\b/u],
  ['time', /\btime$|^(?:start|end)? ?time\b/u],
  ['phone', /\b(?:phone|telephone|mobile|cell|fax)\b/u],
  ['email', /\b(?:email|e mail|recipient email|cc|bcc)\b/u],
  ['host', /\b(?:domain|hostname|host)\b/u],
  ['url', /\b(?:url|uri|link|website|webpage|href|endpoint)\b/u],
  ['path', /\b(?:path|file|filename|filepath|folder|directory)\b/u],
  ['expression', /\b(?:expression|calculation|arithmetic)\b/u],
  ['formula', /^(?:function|equation|formula|func|polynomial|f)$/u],
  ['message', /\b(?:message|body|content|note|caption|comment|subject|title|description|text)\b/u],
  ['query', /\b(?:query|q|question|search|keywords?|prompt|request|input|term|phrase)\b/u],
  [
    'code',
    /\b(?:id|code|symbol|ticker|isbn|sku|identifier|zip|zipcode|postal|vin|number|currency|uuid|hash|key|version)\b/u,
  ],
  [
    'place',
    /\b(?:city|location|place|country|state|region|address|origin|destination|departure|arrival|area|town|venue|loc|county|continent|airport|from|to|point|start|end|source|neighborhood|locality)\b/u,
  ],
  [
    'name',
    /\b(?:name|person|player|team|artist|author|actor|company|brand|title|director|user|username|author|celebrity|organization|restaurant|hotel|school|university|movie|book|song|album|band|league|event|club|president|scientist|painter|composer|museum|landmark|judge|plaintiff|defendant|contact|recipient|attendee|game|show|building|river|mountain)\b/u,
  ],
];

const WORKS =
  /\b(?:movie|film|book|song|album|track|game|show|series|novel|paper|article|artwork|painting|work|podcast|play)s?\b/iu;

export function textKind(slot: Slot): TextKind {
  const known = KINDS_OF.get(slot);
  if (known !== undefined) return known;
  const kind = freshKind(slot);
  KINDS_OF.set(slot, kind);
  return kind;
}

const KINDS_OF = new WeakMap<Slot, TextKind>();

function freshKind(slot: Slot): TextKind {
  const name = slot.words.join(' ');
  if (slot.format === 'date' || slot.format === 'date-time') return 'date';
  if (slot.format === 'time') return 'time';
  if (/\btime ?zone\b|^tz$/u.test(name) && /\bIANA\b|\b[A-Z][a-z]+\/[A-Z]/u.test(slot.description)) return 'zone';
  if (slot.format === 'email') return 'email';
  if (slot.format === 'uri' || slot.format === 'url') return 'url';
  const formatted = /YYYY|\bISO 8601\b|format.{0,12}\bdate\b/u.test(slot.description);
  if (formatted && !/\btime\b/u.test(name)) return 'date';
  if (/\bHH:?MM\b/iu.test(slot.description) && !/\bdate\b/u.test(name)) return 'time';
  if (/\btitle\b/u.test(name) && WORKS.test(`${name} ${slot.description}`)) return 'name';
  for (const [kind, pattern] of KINDS) if (pattern.test(name)) return kind;
  return /\b(?:city|country|location|state)\b/iu.test(slot.description.slice(0, 60)) ? 'place' : 'plain';
}
