const list = (words: string): readonly string[] => words.split(',').map((word) => word.trim().toLowerCase());

/** Adjectives of peoples, which name languages and cuisines too. */
const PEOPLES = new Set(
  list(`african, american, arabic, argentinian, asian, australian, austrian, bengali, brazilian, british, bulgarian,
  cantonese, caribbean, chinese, colombian, croatian, cuban, czech, danish, dutch, egyptian, english, ethiopian, european,
  filipino, finnish, french, german, greek, hebrew, hindi, hungarian, indian, indonesian, irish, israeli, italian, jamaican,
  japanese, korean, latin, lebanese, malaysian, mandarin, mediterranean, mexican, moroccan, nigerian, norwegian, pakistani,
  persian, peruvian, polish, portuguese, punjabi, romanian, russian, scottish, serbian, spanish, swahili, swedish, swiss,
  tamil, thai, tibetan, turkish, ukrainian, urdu, vietnamese, welsh`),
);

/** Countries, states of the United States and large cities, by which a bare word is known for a place. */
const PLACES = new Set(
  list(`afghanistan, albania, algeria, argentina, australia, austria, bangladesh, belgium, bolivia, brazil, bulgaria, cambodia,
  canada, chile, china, colombia, costa rica, croatia, cuba, cyprus, czech republic, denmark, ecuador, egypt, england, estonia,
  ethiopia, finland, france, germany, ghana, greece, hungary, iceland, india, indonesia, iran, iraq, ireland, israel, italy,
  jamaica, japan, jordan, kenya, kuwait, latvia, lebanon, lithuania, luxembourg, malaysia, malta, mexico, mongolia, morocco,
  nepal, netherlands, new zealand, nigeria, north korea, norway, pakistan, panama, peru, philippines, poland, portugal, qatar,
  romania, russia, saudi arabia, scotland, serbia, singapore, slovakia, slovenia, south africa, south korea, spain, sri lanka,
  sweden, switzerland, syria, taiwan, thailand, tunisia, turkey, ukraine, united arab emirates, united kingdom, united states,
  uruguay, usa, us, uk, uae, venezuela, vietnam, wales, yemen, zimbabwe, europe, asia, africa, north america, south america,
  alabama, alaska, arizona, arkansas, california, colorado, connecticut, delaware, florida, georgia, hawaii, idaho, illinois,
  indiana, iowa, kansas, kentucky, louisiana, maine, maryland, massachusetts, michigan, minnesota, mississippi, missouri,
  montana, nebraska, nevada, new hampshire, new jersey, new mexico, north carolina, north dakota, ohio, oklahoma, oregon,
  pennsylvania, rhode island, south carolina, south dakota, tennessee, texas, utah, vermont, virginia, washington,
  west virginia, wisconsin, wyoming, amsterdam, ankara, athens, atlanta, auckland, austin, baltimore, bangalore, bangkok,
  barcelona, beijing, beirut, belgrade, berkeley, berlin, bogota, boston, bratislava, brisbane, brooklyn, brussels, bucharest,
  budapest, buenos aires, cairo, cape town, caracas, casablanca, charlotte, chennai, chicago, cincinnati, cleveland, cologne,
  copenhagen, dallas, damascus, delhi, denver, detroit, dhaka, doha, dubai, dublin, edinburgh, frankfurt, geneva, glasgow,
  guangzhou, hamburg, hanoi, havana, helsinki, hong kong, honolulu, houston, hyderabad, istanbul, jakarta, jerusalem,
  johannesburg, karachi, kiev, kyiv, kolkata, kuala lumpur, kyoto, lagos, las vegas, lima, lisbon, liverpool, london,
  los angeles, lyon, madrid, manchester, manhattan, manila, marseille, melbourne, memphis, mexico city, miami, milan,
  milwaukee, minneapolis, montreal, moscow, mumbai, munich, nairobi, naples, nashville, new delhi, new orleans, new york,
  new york city, nyc, oakland, orlando, osaka, oslo, ottawa, oxford, palo alto, paris, perth, philadelphia, phoenix,
  pittsburgh, portland, porto, prague, quebec, rio de janeiro, riyadh, rome, sacramento, salt lake city, salzburg,
  san antonio, san diego, san francisco, san jose, santiago, sao paulo, sarajevo, seattle, seoul, shanghai, shenzhen, sofia,
  st louis, stockholm, sydney, taipei, tallinn, tampa, tehran, tel aviv, tokyo, toronto, turin, valencia, vancouver, venice,
  vienna, vilnius, warsaw, washington dc, wellington, zagreb, zurich`),
);

export function isPeople(text: string): boolean {
  return PEOPLES.has(text.toLowerCase());
}

/** Whether a text is a known place, with or without what follows its comma ("Portland, OR"). */
export function isPlace(text: string): boolean {
  const lower = text.toLowerCase().replaceAll('.', '');
  return PLACES.has(lower) || PLACES.has(lower.split(',')[0] ?? '');
}

const COLORS = new Set(
  list(`red, orange, yellow, green, blue, purple, violet, pink, brown, black, white, gray, grey, gold, golden, silver, beige,
  navy, turquoise, teal, maroon, magenta, cyan, crimson, indigo, ivory, tan, olive, lavender`),
);

export function isColor(text: string): boolean {
  return COLORS.has(text.toLowerCase());
}
