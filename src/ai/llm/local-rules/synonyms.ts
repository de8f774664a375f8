/**
 * Words that mean nearly the same when a person asks and a tool describes itself. One line a meaning; a
 * word may stand in several.
 */
export const SYNONYMS: readonly string[] = `
  jam congestion traffic / press media newspaper journalist news / interact interaction together combination mix /
  throne reign rule ruler crown monarch / charged prosecute offense statute crime / melt melting solid liquid point /
  say think opinion review comment feedback / new latest recent news / sight attraction see landmark / underweight
  overweight obese bmi / thirsty drink beverage / hungry eat food meal restaurant / tired sleep fatigue rest / broke
  broken repair fix / lonely date friend / cheapest cheap price low / expensive price cost luxury / fastest fast speed
  quick / oldest old age / youngest young age / biggest big large size / smallest small size / longest long length /
  tallest tall height / deepest deep depth / hottest hot temperature / coldest cold temperature / nearest near distance /
  richest rich wealth / popular famous top chart trending / hit chart top song / bestseller book top / vacancy job
  opening / passed passage elapsed since / left remaining remain until / leftover remaining / late delay delayed
  overdue / early before / busy occupied availability calendar / free available availability slot vacant / full
  capacity occupied / empty vacant blank / hurry urgent priority / important priority urgent / secret password private
  confidential / public open shared / noisy noise loud volume / dark light bright / heavy weight mass / thick thickness
  width / wide width / deep depth / strong strength force / weak strength / pure purity concentration / dirty clean
  pollution / safe safety risk security / risky risk volatility / odd parity even / equal equation solve / steep slope
  gradient / curved curve arc / flat apartment / bend curve / spin rotate rotation angular / swing pendulum oscillation /
  bounce elastic collision / float buoyancy density / sink buoyancy density / stretch spring elongation / squeeze
  compress pressure / heat temperature thermal / glow light brightness / ring alarm phone call / knock door / sail boat /
  steer drive direction / crash accident collision error / leak leakage water / flow current rate fluid / pump pressure
  flow / pour volume liquid / liquid volume fluid water / solid state matter / rust corrosion oxidation / sour acid ph /
  salty salt sodium / sweet sugar / substitute replace alternative replacement instead swap / buy purchase order acquire shop / book reserve reservation booking / schedule book arrange plan appointment /
  create make add new generate build compose produce set establish / add insert append include put / delete remove
  erase clear drop discard / cancel abort revoke withdraw undo / update modify change edit alter adjust revise /
  rename name / search find lookup locate discover seek query browse look retrieve / send deliver dispatch transmit
  forward mail message email text / notify alert inform remind warn / convert conversion transform change exchange
  express turn / translate translation translator interpret / predict forecast project projection estimate prediction
  anticipate expected / estimate approximate guess assess / compare comparison contrast versus difference differ /
  recommend suggest propose advise recommendation suggestion advice / analyze analysis assess evaluate examine
  inspect study / play listen stream hear / stop halt end terminate kill shutdown quit / pause hold suspend / start
  begin launch initiate commence run / run execute perform invoke / restart reboot reload / deploy release rollout
  ship / install setup configure / turn switch toggle activate enable set / draw plot paint sketch render chart graph
  visualize / count tally many quantity number / sort order arrange rank / rank ranking standing leaderboard position
  top best / track trace follow monitor status / upload store save archive backup / download fetch pull export /
  summarize summary overview digest brief condense shorten / share post publish tweet upload / pay payment transfer
  remit send wire / verify validate check confirm test / register enroll signup join subscribe / borrow lend loan
  checkout / split divide separate share break / merge combine join unite concatenate / reverse invert flip backwards
  / hire rent rental lease charter / visit tour see sightseeing explore / invent invention inventor discover
  discovery discoverer / resize scale shrink enlarge crop / encrypt encode cipher / decrypt decode decipher / rate
  review rating feedback score stars / care maintain maintenance tend instruction / duration time long takes /
  explain describe define definition meaning mean / fix repair mend / log record write note track /
  when date time schedule showtime calendar day departure / where location place address track position nearest / who
  whose person name author inventor winner / much price cost amount fee total / duration length long period time
  timeframe span / time clock hour now / date day when calendar / year annual annually yearly annum / month monthly /
  week weekly / day daily / agenda calendar schedule timetable plan planned / meeting appointment event call
  conference / male man men boy husband father / female woman women girl wife mother / old age born birth birthday
  birthdate / reminder alarm remind alert wake / timer countdown / history historical historic past / latest recent
  newest current last now today / upcoming next future coming / event happening occur occurrence happen incident /
  price cost fee charge expense expensive much rate fare quote worth value / stock share equity security ticker /
  loan mortgage debt credit borrow lend / invest investment investing put deposit / return roi yield profit gain /
  principal amount capital sum initial deposit borrowed / salary wage income earning pay earn paycheck / currency
  money forex / account balance bank / discount coupon rebate markdown off sale / interest rate apr / profit margin
  gain income earnings net / revenue turnover sale income / company firm business corporation enterprise brand /
  industry sector branch field / bill invoice receipt / tip gratuity / cheap affordable inexpensive low budget / rich
  wealthy wealth networth / monthly month installment payment repayment / cryptocurrency crypto bitcoin ethereum coin
  / gdp economy economic / save saving savings /
  city town place location area municipality where / nearby near close around closest nearest vicinity local /
  country nation state / address street location / coordinate latitude longitude gps geographic geocode geolocation /
  distance far apart away mile kilometer length / direction route path navigate navigation drive driving way road
  itinerary / house home property apartment flat villa condo residence listing / realestate estate property home
  house listing / hotel accommodation lodging inn stay motel resort hostel room / flight fly plane airline airplane
  airfare / train rail railway / subway metro underground tube / car vehicle automobile auto / taxi cab ride uber
  lyft rideshare / restaurant dining eatery diner cafe eat bistro place dinner / museum gallery exhibition exhibit /
  hospital clinic emergency / school university college institute academy / shop store supermarket market mall
  retailer outlet / population inhabitant people resident demographic live / timezone zone / park garden reserve
  playground / beach coast shore seaside / gym fitness / attraction landmark sight sightseeing monument tourist /
  trip travel journey vacation holiday tour itinerary / luggage baggage suitcase / border boundary frontier /
  weather forecast climate temperature rain snow sunny wind storm humidity hot cold umbrella cloudy freezing freeze /
  temperature heat heating thermal degree hot cold warm freezing freeze chilly cool thermostat / speed velocity fast
  quick quickly slow / acceleration accelerate / force push pull newton / energy work joule / power watt wattage /
  mass weight weigh heavy / height tall altitude high elevation / length long / width wide breadth / depth deep /
  current amp ampere electricity / voltage volt potential emf / resistance resistor ohm / magnetic magnet magnetism
  electromagnetic / electric electrical electrostatic electricity / pressure pascal / density dense / wavelength
  frequency wave / displacement distance travelled traveled moved / fall drop dropped falling free / projectile
  thrown throw launched launch / gravity gravitational / light optical optics / lens mirror focal / molecule
  molecular compound chemical substance / molar mole molecular / reaction react / atom atomic element / acid ph
  acidity acidic base / solution concentration molarity dilution dilute / gene genetic dna genome genotype allele
  genomic / mutation variant snp / protein amino peptide / cell cellular / species animal organism creature wildlife
  / evolution evolutionary evolve / plant flower tree botanical vegetation / planet star astronomy solar orbit
  celestial / ecosystem ecology ecological environment environmental habitat / emission carbon footprint co2
  greenhouse pollution / pollution air quality aqi smog pollutant / earthquake seismic quake tremor / sunrise sunset
  dawn dusk / disease illness sick symptom condition diagnosis disorder / medicine drug medication pill prescription
  pharmaceutical / doctor physician gp specialist practitioner / dose dosage / calorie nutrition nutritional nutrient
  kcal / nutrition nutritional protein vitamin carb fat sugar fiber sodium / exercise workout training fitness run
  running / bmi body index / heartbeat heart pulse cardiac / blood glucose pressure / sleep rest nap / vaccine
  vaccination immunization / diet dietary vegan vegetarian keto / virus infection infectious outbreak epidemic
  pandemic /
  sum add addition total plus / subtract subtraction minus difference / multiply multiplication product times /
  divide division quotient / average mean / mean average / deviation std spread / probability chance likelihood odds
  likely / statistic statistical stat / regression fit linear / correlation correlate relationship / root zero
  solution solve / quadratic parabola polynomial / derivative differentiate differentiation slope gradient / integral
  integrate integration antiderivative / matrix determinant / gcd gcf hcf divisor divide divides / lcm multiple /
  factor factorize factorization decompose / permutation arrangement arrange / combination choose ways select / area
  surface size / volume capacity hold fit / perimeter circumference around boundary fence / radius radii / hypotenuse
  pythagorean pythagoras / angle degree / sphere ball spherical globe / percentage percent share / ratio proportion /
  maximum max highest largest biggest greatest most / minimum min lowest smallest least / random dice roll / power
  exponent exponentiation raised / logarithm log / binary decimal hexadecimal octal base radix / sequence series /
  compound compounded compounding / growth grow increase rise / decay decline decrease halflife / round rounding
  nearest / equal same identical /
  song track tune music single / music musical song melody tune / playlist mix mixtape / artist band musician singer
  performer group / album record / lyric lyrics words / instrument guitar piano violin flute / chord scale note key
  harmony / tempo bpm beat rhythm / concert gig show performance perform live play / movie film cinema picture watch
  / theater cinema showtime showing / director directed filmmaker / actor actress cast star starring play / show
  series episode tv television / book novel publication title read / author writer wrote written novelist write /
  poem poetry verse haiku / news headline article story report / picture image photo photograph / video clip youtube
  movie / game videogame gaming / sculpture statue sculptor / painting painter artwork canvas art painted / artwork
  art piece work / religion religious faith church / language spoken speak / word term vocabulary / synonym thesaurus
  similar / dictionary definition define meaning / sentiment emotion mood tone feeling opinion / king queen monarch
  emperor ruler reign / president leader minister chancellor / war battle conflict military / treaty agreement pact
  accord signed / joke funny humor laugh / quote quotation saying / festival celebration holiday /
  sport sports athletic / soccer football / basketball nba / baseball mlb / hockey nhl / match game fixture / score
  result outcome won win lost final / win won winner victory champion championship / player athlete sportsman
  footballer / team club side squad / league division tournament championship / standing table ranking position /
  goal scored scorer point / medal olympic olympics /
  lawyer attorney solicitor counsel / law legal legislation statute regulation / lawsuit case suit litigation sue
  sued court / crime criminal offense felony / sentence prison jail penalty / contract agreement / patent invention
  intellectual / trademark brand copyright / divorce marriage family custody / ruling verdict decision judgment
  decided / defendant accused plaintiff party /
  file document / folder directory / database db sql table query / record row entry / column field attribute /
  password passcode / login signin authenticate credential account / website site webpage web page url / code program
  script programming source / bug issue defect ticket problem error / server host machine instance vm / container
  docker pod kubernetes / repository repo git / commit revision / branch pull merge request / task todo item chore /
  contact phone number / email mail message inbox / light lamp bulb / bright brightness dim / thermostat heating
  heater / door lock unlock garage / robot vacuum cleaner / volume sound loud louder quiet audio / message text sms
  chat dm / log logs logging trace / cpu memory usage utilization load / network internet wifi connection / qr
  barcode / ip domain dns / user account profile member person / customer client buyer /
  grade mark score gpa / student pupil / class course lesson lecture / teacher professor instructor tutor / employee
  staff worker personnel colleague / job career employment vacancy position opening role / resume cv / homework
  assignment / exam test quiz /
  product item goods merchandise article / inventory stock available availability / delivery shipping shipment
  package parcel ship / order purchase transaction / cart basket / refund return reimburse / clothes clothing apparel
  shirt shoes fashion wear outfit dress / color colour paint shade / size dimension measurement / recipe cook cooking
  dish bake meal prepare make / ingredient component / food meal dish cuisine eat / pizza burger sushi food / drink
  beverage cocktail coffee tea / wine beer alcohol / gift present / child kid baby toddler / pet dog cat puppy /
  furniture sofa chair table bed / tile floor flooring carpet / spice ingredient / cup tablespoon teaspoon / zodiac
  horoscope astrology / fuel gas gasoline petrol mileage diesel / battery charge charging / electricity power energy
  / insurance premium coverage policy insure /
  carve sculpt sculptor sculpture statue / famous known contribution achievement discovery notable / sing singer song
  vocal / act actor role character / reside live address resident home / owe tax debt due / earn salary interest
  income wage / spend expense spending budget cost / lend loan borrow / contain ingredient content composition
  consist / die death died mortality deceased / marry marriage wedding spouse wife husband / elect election vote poll
  candidate / govern government rule state politics political / fight battle war army / sue lawsuit litigation /
  accuse charge defendant crime / convict conviction sentence / teach teacher course lesson tutorial / learn course
  lesson study tutorial / grow growth plant garden crop / spread transmission infection virus / swim swimming pool /
  run running jog jogging / cycle cycling bike bicycle biking / hike hiking trail trek walk walking / ski skiing
  snowboard slope resort / camp camping campsite tent / wear clothes outfit clothing size / move moving relocate
  displacement / build construction builder structure building / collide collision crash accident impact / drop fall
  height / lift raise elevate / burn combustion fire calorie / boil boiling evaporate / freeze freezing melt melting
  / dissolve solution solute solvent / mix mixture blend combine / react reaction reactant product / charge coulomb
  electron / bounce bouncing elastic / orbit satellite planet / shine brightness luminosity light / sail boat ship
  cruise ferry vessel / park parking / commute travel traffic / rent rental lease tenant landlord / furnish furniture
  interior decor design / decorate decoration decor design / clean cleaning wash laundry / repair mechanic
  maintenance service / donate donation charity / subscribe subscription plan membership / apply application
  applicant / approve approval accept / reject decline deny refuse / complain complaint issue support feedback / chat
  conversation message talk / call phone dial ring / rank rating elo / bet odds gambling wager / score goal point
  mark grade / beat win defeat versus / train training workout practice / heal treatment cure therapy remedy / hurt
  pain injury symptom ache / breathe breathing respiratory lung / pregnant pregnancy due birth / age old year born /
  ripe fruit vegetable produce / snack food dessert meal / breakfast lunch dinner meal brunch / spicy cuisine flavor
  taste / gram ounce pound kilogram weight mass / cup tablespoon teaspoon cooking measure recipe kitchen / mile
  kilometer meter foot inch length distance / liter gallon pint quart volume / celsius fahrenheit kelvin temperature
  degree / hour minute second time / acre hectare area land / unit measure measurement conversion /
  loc location place / temp temperature / avg average mean / std deviation standard / dev deviation developer / calc
  calculate / num number count / qty quantity amount / amt amount / lat latitude / lon lng longitude / dist distance
  / vel velocity / acc acceleration account / freq frequency / vol volume / seq sequence / img image / pic picture
  photo / doc document / msg message / addr address / tel phone telephone number / dept department / org organization
  company / repo repository / env environment / config configuration setting configure / param parameter / auth
  authentication authenticate login / admin administrator / info information detail / pref preference / lang language
  / exp experience exponent / approx approximate / prob probability / stat statistic / eq equation / ref reference /
  src source / dest destination / dir directory folder / tx transaction / perf performance /
  genre category type style / category department section / brand maker manufacturer company / model version type /
  vin license plate vehicle car / engine motor horsepower / tire wheel / airport terminal gate airline flight / seat
  ticket row / passport visa immigration / tourism tourist attraction / mountain peak summit elevation / river lake
  water stream / ocean sea marine / island beach coast / desert dry arid / volcano eruption lava / hurricane tornado
  cyclone typhoon storm / flood rainfall rain / fire wildfire / bird avian species / fish fishing aquarium / insect
  bug bee butterfly / dinosaur fossil / wood forest tree timber / crop harvest farm agriculture farming yield / soil
  ground earth dirt / mineral rock gem geology / metal steel iron copper gold / telescope star galaxy constellation /
  rocket spacecraft launch nasa space / nucleus nuclear radioactive radiation decay / isotope half life halflife
  decay / entropy thermodynamic heat / enzyme catalyst reaction / hormone insulin endocrine / brain neuron neural
  neuroscience / muscle strength / bone skeleton fracture / eye vision sight / skin dermatology / tooth dental
  dentist / mental psychology psychological personality stress anxiety depression / personality trait extraversion
  openness / iq intelligence cognitive / survey questionnaire poll / cluster clustering group segment / classify
  classification classifier category label / train model neural network learning dataset / accuracy precision recall
  metric / dataset data csv dataframe / json xml parse yaml / regex pattern match / string character letter substring
  / array list element / thread process task job / queue stack / cache memory / backup restore snapshot / firewall
  security port / certificate ssl tls / vulnerability security threat attack malware / api endpoint request http /
  webhook callback / invoice billing bill payment charge / supplier vendor / warehouse storage stock / budget finance
  financial / audit compliance / bond treasury coupon yield / option call put strike / volatility risk variance /
  inflation cpi price / unemployment employment job labor / retirement pension 401k saving / depreciation asset value
  / npv irr cashflow cash flow / equity shareholder stock / asset liability balance / dividend payout yield / merger
  acquisition deal / startup funding venture / chapter verse book scripture / pope bishop church vatican / temple
  shrine mosque church / ritual ceremony festival / myth mythology god goddess legend / philosophy philosopher /
  anthropology culture society / archaeology artifact excavation / century era period age / ancient antique old /
  revolution uprising independence / constitution amendment rights / congress senate parliament legislature bill /
  judge justice court / police arrest officer / evidence proof forensic / bankruptcy insolvency debt / liability
  negligence damage / will estate inheritance probate / immigration visa citizenship / stadium arena venue / coach
  manager trainer / referee umpire / injury injured / transfer signing / marathon race pace runner / lap race circuit
  formula / bat wicket cricket / pitch pitcher baseball / touchdown quarterback nfl football / hole par golf / serve
  racket tennis / punch round boxing fight / console playstation xbox nintendo switch pc steam game videogame / quest
  mission level stage / weapon sword armor gear / spell magic wizard / character hero player avatar / puzzle riddle
  sudoku crossword / card deck hand blackjack poker / board chess / trivia quiz question / game play player playing
  gamer`
  .split('/')
  .map((words) => words.trim());
