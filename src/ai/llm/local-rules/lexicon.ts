import { stem } from './stem.ts';

const stems = (words: string): readonly string[] => words.split(/\s+/u).filter(Boolean).map(stem);

/** Words that carry no topic. */
const STOP_WORDS = new Set(
  `a an the this that these those i me my mine we us our you your he she it its they them their his her who whom whose
  what which when where why how is are was were be been being am do does did doing have has had having can could will
  would shall should may might must and or but nor not no if then else than so as at by for from in into of off on onto
  out over to up with within without about above after before below between during through under until upon per via
  any some all each every both either such same other another more most much many few less least very too also just
  only own again there here please thanks thank hello hi hey want need like would'd i'd i'm i've what's let let's lets
  know help able look looking going go make sure us'd one's it's don't doesn't can't yes ok okay if's s t versus vs while`
    .split(/\s+/u)
    .filter(Boolean),
);

/** Words so common in descriptions and requests that they say little about which tool is meant. */
const GENERIC_STEMS = new Set(
  stems(`calculate compute determine find get retrieve fetch give tell show obtain evaluate work return provide perform use
  using based specific specified certain particular given various different list information info detail details data
  value number result type kind name names parameter function tool operation set include including available
  default optional example user request current certain new item items object way ask question answer amount level
  total take handle allow enable support method system access api service general utility util helper display check
  solve identify locate unit units criteria format average point points two three several multiple single first
  second one each main`),
);

/**
 * Everyday words that mean nearly the same when a person asks and a tool describes itself. One line a
 * concept; a word may stand in several.
 */
const CONCEPTS: readonly string[] = [
  // actions
  'buy purchase order acquire shop shopping',
  'sell sale sales listing',
  'book booking reserve reservation ticket',
  'create add insert new make generate build establish register setup schedule compose',
  'delete remove erase clear drop cancel discard',
  'update modify change edit alter adjust rename set',
  'search find lookup look locate discover query seek',
  'send deliver dispatch transmit message email mail notify text',
  'convert conversion converter translate exchange transform change',
  'predict prediction forecast project projection estimate expected future',
  'compare comparison difference versus differ contrast',
  'recommend recommendation suggest suggestion advice advise',
  'analyze analysis assess assessment evaluate examine study inspect',
  'play start resume listen stream',
  'stop pause halt end',
  'open launch run execute start',
  'turn switch toggle activate enable',
  'draw plot paint sketch render chart graph visualize',
  'count many number quantity tally',
  'sort order arrange rank ranking ranked',
  'track tracking trace follow status monitor',
  'upload save store archive backup',
  'download export',
  'summarize summary overview summarise digest brief',
  'share post publish tweet',
  'pay payment transfer remit',
  'cook cooking recipe bake prepare dish meal cuisine food',
  'travel trip journey tour itinerary vacation holiday',
  'drive driving route directions navigate navigation road path',
  'simplify reduce factor',
  'invent invention discover discovery inventor scientist credited',
  'write author wrote writer written compose composer',
  'paint painting painter artist artwork art',
  'win winner won champion victory champions',
  // time
  'time clock hour hours minute minutes duration long period timeframe interval',
  'date day calendar today tomorrow',
  'year years annual annually yearly annum',
  'month monthly months',
  'schedule timetable agenda calendar appointment meeting event',
  'age old years',
  'remind reminder alarm alert notification',
  'history historical past previous event events happened',
  'latest recent newest current last',
  'upcoming next future',
  // money
  'price cost fee charge expense expensive worth rate quote',
  'stock share shares equity ticker symbol nasdaq trading',
  'loan mortgage lend borrow credit debt',
  'invest investment investing investor portfolio roi return returns',
  'principal initial deposit capital amount sum invested investment',
  'salary wage income earnings pay',
  'tax taxes taxation levy',
  'currency currencies dollar dollars euro euros yen pound pounds usd eur gbp jpy exchange forex money',
  'bank banking account balance',
  'discount coupon rebate',
  'interest compound yield rate apr',
  'profit gain revenue margin income',
  'budget afford limit spending',
  'company business firm corporation enterprise',
  'dividend payout',
  'bitcoin crypto cryptocurrency ethereum',
  'insurance premium policy coverage',
  'invoice bill receipt',
  // places
  'city town place location area region where locality nearby near local',
  'country nation state',
  'address street location',
  'coordinate coordinates latitude longitude geographical gps geographic',
  'distance far length miles kilometers km apart',
  'map maps',
  'house home property apartment villa condo realestate estate residence rental flat',
  'hotel accommodation lodging inn stay room hostel airbnb',
  'flight fly airline plane airplane airport',
  'train rail railway metro subway',
  'car vehicle automobile auto rental',
  'taxi ride cab uber lyft',
  'restaurant dining eatery diner cafe food',
  'museum gallery exhibition exhibit',
  'park garden reserve forest',
  'hospital clinic doctor physician medical health healthcare',
  'school university college education academic',
  'shop store supermarket grocery market mall retailer',
  'capital city',
  'population inhabitants people residents live',
  'timezone time zone',
  // nature and science
  'weather forecast temperature rain humidity climate snow wind sunny storm rainfall degrees hot cold',
  'temperature heat thermal degrees celsius fahrenheit kelvin',
  'speed velocity fast quick mph rate',
  'acceleration accelerate accelerates speed',
  'force newton push pull',
  'energy power joule kinetic potential work',
  'mass weight weigh weighs heavy kilograms kg',
  'height tall altitude high elevation',
  'current ampere amps electric electrical circuit',
  'voltage volt volts potential',
  'resistance ohm resistor ohms',
  'magnetic magnet electromagnetic magnetism',
  'pressure pascal atm',
  'density mass volume',
  'wavelength frequency wave',
  'displacement distance traveled travelled moved position',
  'motion move moving travel kinematics',
  'molecule molecular compound chemical chemistry molar',
  'reaction react equation balance',
  'element atom atomic periodic',
  'gene genes genetic genetics dna genome genotype allele genomic',
  'protein proteins amino',
  'cell cells cellular cellbio biology biological',
  'species animal animals organism creature wildlife',
  'evolution evolutionary evolve fitness',
  'plant plants flower tree botanical',
  'planet planets star stars astronomy solar orbit space',
  'ecology ecosystem environment environmental ecological habitat',
  'pollution emission emissions carbon footprint co2 air quality',
  'earthquake seismic quake',
  'virus disease illness symptom diagnosis condition',
  'medicine drug medication dosage dose prescription pill',
  'calories calorie nutrition nutritional nutrient diet kcal',
  'exercise workout fitness gym training',
  'bmi body index',
  'sleep rest nap',
  // mathematics
  'sum add addition total plus',
  'subtract subtraction minus difference',
  'multiply multiplication product times',
  'divide division quotient',
  'average mean',
  'median middle',
  'deviation variance spread std standard',
  'probability chance likelihood odds likely',
  'statistic statistics statistical',
  'regression correlation relationship predict',
  'root roots solution solutions zero zeros solve',
  'quadratic polynomial equation',
  'derivative differentiate differentiation slope',
  'integral integrate integration area curve',
  'matrix matrices',
  'vector vectors',
  'prime primes factorization factor factors',
  'gcd gcf hcf greatest common divisor factor',
  'lcm least common multiple',
  'factorial permutation permutations combination combinations',
  'area surface size',
  'volume capacity size',
  'perimeter circumference boundary around',
  'circle circular round disc',
  'radius diameter radii',
  'triangle triangular side sides',
  'rectangle rectangular',
  'hypotenuse right pythagorean pythagoras',
  'angle angles degrees',
  'sphere ball spherical',
  'percent percentage rate',
  'fibonacci sequence series',
  'maximum max highest largest biggest greatest most top',
  'minimum min lowest smallest least',
  'random dice',
  'sample sampling survey',
  'hypothesis test significance',
  // media and culture
  'music song songs track tracks melody tune album audio playlist',
  'instrument guitar piano violin flute musical',
  'chord scale key note notes tempo',
  'concert gig show performance tour',
  'movie film cinema movies films theater director',
  'actor actress cast star starring celebrity',
  'show series episode tv television',
  'book novel author books literature publication reading',
  'poem poetry verse',
  'news headline article headlines story',
  'picture image photo photograph photos portrait',
  'video clip youtube',
  'game games videogame gaming player',
  'sculpture statue',
  'religion religious church faith bible pope',
  'language translate translation translator spanish french german',
  'word dictionary definition define meaning synonym',
  'king queen monarch emperor ruler reign president leader',
  'war battle conflict military treaty',
  // sports
  'sport sports athlete team league',
  'soccer football',
  'basketball nba',
  'match game fixture result score',
  'player athlete sportsman',
  'ranking rank standing standings leaderboard',
  'chess rating elo',
  // law
  'law legal lawsuit court case judge attorney lawyer litigation',
  'crime criminal offense offence',
  'contract agreement terms',
  'patent trademark copyright',
  'divorce marriage family',
  'statute legislation act bill regulation',
  // technology
  'file document files folder directory',
  'database table sql column columns db schema',
  'password username credential login account',
  'website web site page url internet online',
  'code program script programming software',
  'server host hosting machine',
  'repository repo git commit branch',
  'task todo item reminder tasks',
  'contact phone call number',
  'email mail message inbox',
  'light lights lamp bulb brightness',
  'thermostat heating heater temperature',
  'grade score mark marks grades',
  'student pupil class course',
  'employee staff worker personnel',
  'job career employment vacancy position hiring',
  'customer client user member profile',
  'product item goods merchandise inventory stock',
  'delivery shipping shipment package parcel',
  'review rating feedback stars',
  'child kid baby',
  'gift present',
  'clothes clothing apparel shirt shoes fashion wear',
  'color colour paint shade',
  'size dimensions dimension measure',
];

const CONCEPTS_OF = new Map<string, Set<number>>();
CONCEPTS.forEach((line, concept) => {
  for (const word of stems(line)) CONCEPTS_OF.set(word, (CONCEPTS_OF.get(word) ?? new Set()).add(concept));
});

const NO_CONCEPTS: ReadonlySet<number> = new Set();

export function isStopWord(lower: string): boolean {
  return STOP_WORDS.has(lower);
}

/** Whether a stem says little about the topic, such as those of "calculate" or "information". */
export function isGeneric(stemmed: string): boolean {
  return GENERIC_STEMS.has(stemmed);
}

/** The concepts (lines of the table) a stem belongs to. */
export function conceptsOf(stemmed: string): ReadonlySet<number> {
  return CONCEPTS_OF.get(stemmed) ?? NO_CONCEPTS;
}

/** How alike two stems are: 1 the same, 0.6 one concept, 0.75 where one is a long beginning of the other, else 0. */
export function likeness(left: string, right: string): number {
  if (left === right) return 1;
  const [short, long] = left.length < right.length ? [left, right] : [right, left];
  if (short.length >= 6 && long.startsWith(short)) return 0.75;
  for (const concept of conceptsOf(left)) if (conceptsOf(right).has(concept)) return 0.6;
  return 0;
}
