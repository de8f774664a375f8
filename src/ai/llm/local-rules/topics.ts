/** Words of one field: they don't mean the same, but where one stands the other is at home. One line a field. */
export const TOPICS: readonly string[] = `
  restaurant food cuisine dish meal chef menu table dinner lunch breakfast eat italian chinese mexican sushi pizza /
  recipe ingredient cook bake meal dish dinner kitchen vegan vegetarian oven serving flour egg / hotel room night
  stay guest checkin checkout travel trip resort airbnb / flight airport airline travel ticket departure arrival
  passenger seat fly plane / travel trip hotel flight itinerary destination tourist sightseeing visit vacation
  passport visa city / car drive rental vehicle mileage fuel engine tire road driver / train bus station ticket
  departure platform commute metro transit / weather forecast temperature rain snow wind humidity storm sunny cloud
  umbrella climate / stock market share price investor dividend ticker trading portfolio company nasdaq exchange /
  loan mortgage interest principal rate bank borrow payment term installment / investment interest compound return
  principal deposit year portfolio growth future value saving retirement / bank account balance transfer deposit
  withdraw card transaction money payment / tax income deduction salary filing bracket revenue / currency exchange
  dollar euro pound yen peso franc rupee yuan usd eur gbp jpy convert money / dollar usd money price cost / insurance
  premium claim policy coverage deductible / budget expense income spending saving month category / house home
  property bedroom bathroom rent mortgage realestate apartment price square buyer seller listing / lawyer attorney
  court case legal law judge lawsuit divorce client trial / case court judge plaintiff defendant lawsuit ruling
  docket verdict / crime criminal police theft murder sentence statute penalty offense / patent invention trademark
  copyright inventor filing / contract clause agreement party signature term / gene dna genome protein mutation
  chromosome sequence allele inheritance / cell membrane nucleus mitochondria biology organelle protein division
  tissue / species animal habitat wildlife forest bird mammal population endangered / plant tree photosynthesis soil
  water sunlight growth garden fertilizer crop leaf / disease symptom doctor patient hospital treatment medicine
  diagnosis health fever / calorie protein carbohydrate fat nutrition food diet meal weight / exercise workout
  calorie fitness muscle running gym weight minute / bmi weight height body obesity kilogram / force mass
  acceleration velocity physics motion energy momentum friction / velocity speed distance time acceleration travel
  fall ground / electric field charge current voltage circuit capacitor resistor magnetic wire ohm / gas pressure
  volume temperature mole ideal thermodynamics heat entropy / chemical reaction compound element acid base molecule
  solution mole bond / light wave frequency wavelength optics lens refraction photon spectrum / planet star orbit
  space moon sun astronomy telescope galaxy mars earth / circle radius diameter circumference area pi sector arc /
  triangle side base height area angle hypotenuse perimeter / rectangle length width area perimeter / cylinder sphere
  cone volume radius height surface tank can box / equation solve root quadratic coefficient polynomial variable
  linear / function derivative integral calculus limit curve slope interval / probability dice card coin event
  outcome chance draw flip / mean median mode variance deviation dataset statistics sample average distribution /
  regression correlation predict data model variable slope fit / hypothesis test significance sample ttest anova
  pvalue chi / factor prime divisor multiple gcd lcm integer number / matrix vector determinant eigenvalue multiply
  linear / song music album artist band playlist genre lyric jazz rock pop melody / concert ticket venue artist band
  tour live festival / guitar piano violin drum instrument music string chord / note key scale chord major minor
  music harmony / movie film actor director cinema genre release ticket imdb watch / book author novel library reader
  read isbn publisher chapter fiction / game player level score character video console multiplayer mission weapon /
  chess opening move board piece elo player grandmaster / poker card hand deck blackjack player game / painting
  artist museum art exhibition sculpture gallery canvas / building architecture skyscraper bridge construction tower
  height / soccer football goal team league match player club fifa / basketball nba team player point game score /
  tennis grandslam wimbledon match player tournament ranking / team game match score season league standing schedule
  fixture / athlete medal olympic sport race record marathon / war battle treaty army empire king president century
  history revolution / king queen monarch empire reign dynasty throne / president election vote government party
  candidate senate / religion bible church god pope prayer temple buddhist christian islam / database table query row
  column sql record select filter join / file folder document path directory upload download pdf csv read write /
  server instance deploy container cluster cpu memory log service port kubernetes docker / git repository commit
  branch merge pull issue code developer / email message recipient subject send inbox reply contact / meeting
  calendar event schedule appointment invite attendee reminder agenda / task todo project deadline priority assign
  ticket / user account profile password login username email register / light lamp bulb thermostat room smart home
  device switch brightness / product order customer cart price review shop purchase item store / delivery shipping
  package tracking order address courier / clothes shirt size color brand shoes dress fashion jacket / student grade
  course school teacher class exam university score / job resume candidate salary career hire position company skill
  interview / employee department manager salary leave payroll / translate language english spanish french german
  chinese japanese italian portuguese text word / text word sentence document language summarize sentiment paragraph
  article / image picture photo resize crop filter pixel color / video stream channel youtube subtitle watch clip /
  news article headline topic source journalist / carbon emission energy climate pollution environment footprint
  electricity / wind solar energy panel turbine electricity power / soil water river lake ocean flood rainfall
  drought / forest fire wildfire tree deforestation / air pollution quality aqi city smog / map route distance
  direction location gps navigation coordinate address / city country capital population area river mountain
  continent / taxi ride uber pickup destination driver / pet dog cat animal breed vet adoption / wedding party event
  guest venue / phone call contact number sms dial / paint wall gallon room coverage coat / floor tile carpet room
  area square / fabric sewing yarn knitting craft / password security encrypt key token hash / random number generate
  dice integer range / date day week calendar holiday month year / time clock hour minute second timezone / stock
  inventory warehouse supply product quantity / menu order pizza burger delivery topping drink / nutrition vitamin
  mineral food serving / museum ticket opening hour exhibition visit / election vote poll candidate / social post
  tweet follower hashtag instagram twitter / drink wine beer bottle cocktail bar glass alcohol whisky gin mix pour
  coffee tea juice / dish wine dinner pairing meal cheese pasta steak fish risotto / bill tip restaurant share split
  pay waiter total people / plant leaf care water light pot soil grow yellow root house garden / pet vet dog cat sick
  limping vaccination clinic / parking garage spot space car plate lot hour reserve hold / alarm wake morning time
  clock sleep ring / password character symbol length secure login stolen / code qr link url scan / zip archive
  compress folder file rar unzip / process program pid hang terminate crash task running / bug issue error ticket
  project fail crash button feature report / leave vacation sick absence day employee holiday time / earn salary wage
  employee pay income / house afford mortgage income debt down payment loan / worth inflation value price year money
  dollar adjust / crypto bitcoin ethereum coin price token blockchain wallet / channel message slack post team chat
  announce know tell / volcano erupt eruption lava mountain active / constellation star sky night visible telescope
  see / name meaning origin baby first surname mean / episode podcast listen play show radio season / correlation
  related relationship variable strongly strength / sample test compare group mean significance difference level /
  tree forest model train dataset feature predict classifier / row record condition delete table where / stock
  solution dilution concentration volume molar mix / gas pressure vessel container ideal mole kelvin / chemical
  equation balance react oxygen hydrogen carbon water / distance object travel acceleration initial second far /
  prime number divisible below above between range list / wall paint color room brush gallon coat / bike bicycle
  cycle ride trail helmet / hike trail mountain park walk camping tent nature / ski snow slope lift resort mountain /
  swim pool beach lap lifeguard / boat ship cruise port sail sea harbor / camera photo lens picture shoot exposure /
  phone mobile smartphone battery screen app iphone android / laptop computer cpu ram processor keyboard screen /
  printer print page paper ink scan / wifi internet router network speed connection download / browser website page
  tab link visit / app application install update version download / cloud aws azure gcp storage bucket instance vm /
  pipeline build test deploy ci release branch / unit test coverage bug assert code / function variable class method
  code program python javascript / robot arm sensor motor controller automation / engine car oil brake mechanic
  repair tire service / fuel gas mile gallon car trip drive cost price / electricity bill meter usage kwh appliance
  power / solar panel roof energy watt sun / heating cooling thermostat temperature room warm cold freezing / door
  lock key garage gate open close / kitchen oven fridge dishwasher appliance stove / sofa chair table bed furniture
  room decor interior / clean laundry dishwasher vacuum wash / moving truck box relocate apartment / baby child
  parent school kid toy daycare / birthday party gift cake guest celebrate present / wedding bride venue guest ring /
  dating match profile relationship partner love / horoscope zodiac sign birth astrology / dream sleep night nap bed
  hour / hair salon cut barber beauty makeup skin / doctor appointment dentist clinic schedule patient book /
  pharmacy medicine pill dose prescription drug / pregnancy due week baby birth / blood pressure sugar glucose heart
  rate test / vaccine shot dose flu covid / allergy pollen reaction asthma / insurance claim accident car damage
  policy / police crime theft report emergency officer / court judge hearing date case trial / will estate
  inheritance heir property / visa passport embassy immigration travel country border / tax return refund file deduct
  income irs / invoice client bill due payment amount customer / order delivery arrive ship track package parcel
  where / refund return order money item product defective / subscription plan cancel renew month premium / coupon
  discount code price sale save / size shoe shirt fit dress clothing measure / review star rating opinion feedback
  product / customer complaint support ticket issue help service / survey question response poll answer / lead sales
  crm pipeline deal contact customer / campaign marketing ad audience click conversion email / website traffic
  visitor page view analytics session / keyword seo ranking search page / hashtag influencer follower like post
  social media / stock earnings quarter revenue report company profit / bond yield maturity coupon interest face /
  option strike expiry call put volatility / portfolio asset allocation risk return stock bond / retirement pension
  age saving contribution / credit card score debt limit balance apr / rent tenant landlord lease apartment month
  deposit / building floor height story tower skyscraper architect / bridge river span length build / museum painting
  art visit open exhibit ticket / sculpture statue artist marble bronze carve / auction bid price art sold artwork /
  library book borrow hold shelf loan return due / poem poet verse line rhyme / school grade student exam homework
  class teacher subject / university admission campus degree tuition scholarship program / course lesson online learn
  certificate instructor / research paper article journal citation author science / scientist discover theory
  experiment nobel physics chemistry / inventor invent patent year machine / president year country elect office term
  united states / election vote result party candidate winner year / treaty sign country war peace nation / battle
  war general army date victory soldier / empire emperor rome ancient century king / event date year history happen
  anniversary / holiday date country public calendar christmas easter / religion verse chapter bible quran scripture
  prayer / temple church mosque worship visit / football team match league goal season stand table rank / basketball
  player points rebound assist season stats / tennis player rank tournament set title / golf course hole par handicap
  club / olympics medal country athlete event sport / race driver lap formula circuit team season / cricket match run
  wicket over innings team / chess move game player elo opening opponent / poker hand card player win flush pair /
  dice roll sum odds chance probability side / coin flip head tail probability / lottery ticket number draw jackpot /
  video game player steam console play level / quiz trivia question answer category / joke funny laugh / quote author
  famous saying / recipe cup gram tablespoon convert cooking measure ingredient / temperature celsius fahrenheit
  convert degree / length mile kilometer meter foot convert / weight pound kilogram ounce convert / time timezone
  city clock convert utc hour / tree forest growth deforestation area region year / bird species identify feather
  color habitat / fish lake river species catch / whale ocean sea marine migration / endangered species wildlife
  conservation population extinct / earthquake magnitude region fault richter / hurricane storm wind track category
  coast / flood river rain level risk / tide moon sea level wave surf / moon phase lunar night full / sunrise sunset
  sun daylight time horizon / satellite orbit space launch rocket iss / planet distance sun orbit mass earth / star
  light year distance galaxy brightness`
  .split('/')
  .map((words) => words.trim());

/**
 * Things of one kind of which a tool that is made for one does not serve another: the area of a circle
 * is not that of a triangle. `|` parts the members; words of one member mean the same here.
 */
export const RIVALS: readonly string[] = [
  'circle circular circumference|triangle triangular|square|rectangle rectangular|cube|sphere ball spherical|cylinder cylindrical|cone|pyramid|ellipse|trapezoid|polygon hexagon|prism|torus|parallelogram|rhombus',
  'area|perimeter circumference|volume capacity|diagonal|hypotenuse',
  'add addition sum plus|subtract subtraction minus|multiply multiplication product|divide division quotient|power exponent|modulo remainder',
  'gcd gcf hcf|lcm|factorial|fibonacci|prime|permutation|combination|logarithm|root',
  'mean average|median|mode|variance|deviation|correlation|regression|range',
  'derivative differentiate|integral integrate|limit|maximum|minimum',
  'sine sin|cosine cos|tangent tan',
  'linear|quadratic|cubic|differential',
  'flight fly airline plane|train rail railway|bus|car|hotel accommodation|taxi cab|boat ferry cruise|bike bicycle',
  'restaurant dining|hotel accommodation|museum|hospital|gym|school university|park|theater cinema|library|pharmacy|airport|supermarket grocery|bank',
  'movie film|book novel|song music|game videogame|painting|sculpture|recipe|podcast|poem|news',
  'soccer football|basketball nba|baseball mlb|hockey nhl|tennis|golf|cricket|rugby|chess|poker|swimming|boxing',
  'violin|guitar|piano|flute|drum|trumpet|cello',
  'stock share equity|bond|cryptocurrency bitcoin crypto|currency forex|gold|property realestate house',
  'weather temperature|traffic|news|pollution air|earthquake|tide|pollen',
  'kinetic|potential|thermal|nuclear',
  'velocity speed|acceleration|force|momentum|energy|pressure|density|wavelength|frequency|voltage|resistance|current|temperature',
  'mass weight|height|age|length|width|depth|volume|temperature',
  'melting|boiling|freezing|molar|density|ph',
  'birth born|death died|marriage married|divorce',
  'population|capital|currency|language|area|timezone|flag|gdp|president|anthem',
  'tax|salary|interest|insurance|tip|discount|dividend|rent|mortgage',
  'calorie|protein|vitamin|sugar|fat|carbohydrate',
  'lawyer attorney|judge|doctor physician|teacher|plumber|electrician|nurse|dentist|therapist psychologist',
  'divorce|criminal|patent|tax|immigration|bankruptcy|copyright|trademark',
  'email|sms|call|tweet|letter|slack',
  'light lamp|thermostat heating|door lock|camera|vacuum|television tv|speaker|oven|fan',
  'customer|employee|supplier vendor|student|patient|product|invoice|order',
  'image picture photo|video|audio|pdf|spreadsheet csv',
  'lyric lyrics|chord|tempo bpm|playlist|concert|album',
  'inventor invented|author wrote|director directed|painter painted|composer composed',
  'password|username|address|phone|email|birthday',
  'cell|gene|protein|virus|bacteria|plant',
  'moon|sun|mars|venus|jupiter|star|earth',
  'dog|cat|horse|bird|fish|deer|cow',
  'commit|branch|issue|release|repository|pull',
  'container|image|pod|node|volume|namespace',
];

/** What is done, by kinds that exclude each other. The first line is that of asking and looking. */
export const ACTIONS: readonly string[] = [
  'find get search show list look check fetch retrieve see view read display tell know lookup locate query explore browse recommend suggest calculate compute determine evaluate estimate solve predict analyze compare count measure convert summarize',
  'delete remove erase clear drop discard uninstall purge',
  'cancel abort revoke unsubscribe',
  'create add make new generate build register insert compose write draw plot design',
  'update modify change edit alter rename adjust set configure move',
  'send email text message notify share post publish tweet forward reply mail',
  'buy purchase order',
  'sell',
  'book reserve schedule arrange',
  'play pause resume skip stream',
  'turn switch toggle enable disable activate deactivate',
  'pay transfer withdraw deposit refund',
  'translate',
  'install deploy restart launch run start stop execute',
  'sort reverse shuffle',
  'encrypt decrypt compress resize crop rotate',
  'upload download save export import backup restore',
];
