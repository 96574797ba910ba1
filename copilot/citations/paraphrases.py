"""Plain English words that say the same, so that a claim may put its quote in other words.

The field's own synonyms are in the vocabulary; these are the words of any office. Each group is meant
generously: that two words share one makes a word of a claim heard, and nothing more. Opposites,
numbers, limits and negations are checked by rules of their own.
"""

from __future__ import annotations

from typing import Final

FORMS: Final = tuple(
    group.split()
    for group in """
be is are was were been being / begin began begun / break broke broken / bring brought / build built /
buy bought / choose chose chosen / come came / do did done does / draw drew drawn / fall fell fallen /
find found / forbid forbade forbidden / forget forgot forgotten / get got gotten / give gave given /
go went gone / grow grew grown / have has had / hear heard / hide hid hidden / hold held / keep kept /
know knew known / lead led / leave left / lend lent / lose lost loss / make made / mean meant /
meet met / pay paid / read reads / ring rang rung / rise rose risen / run ran / say said /
see saw seen / sell sold / send sent / show showed shown / shut shuts / sign signed signature /
speak spoke spoken / spend spent / stand stood / steal stole stolen / take took taken / teach taught /
tell told / think thought / throw threw thrown / understand understood / withdraw withdrew withdrawn /
withhold withheld / write wrote written / person people / analysis analyses / index indices indexes
""".split("/")
)
"""Forms of one word that stemming does not bring together; the first stands for all."""

PHRASES: Final = {
    "accept": ("agree to", "sign off on", "signs off", "signed off"),
    "advance": ("ahead of time", "beforehand"),
    "annual": ("once a year", "once per year", "every year", "each year", "per year", "yearly",
               "once per calendar year", "once in every calendar year"),
    "automatically": ("by itself", "on its own"),
    "begin": ("set off", "kick off"),
    "belong": ("property of",),
    "block": ("shut out", "lock out", "locked out", "lockout"),
    "check": ("look through", "looks through", "look at", "looks at", "looked at", "go through", "goes through",
              "went through", "gone through"),
    "complete": ("carry out", "carried out", "carries out", "carrying out"),
    "continue": ("go on", "goes on", "still running"),
    "correct": ("put right", "sort out"),
    "dispose": ("throw away", "thrown away", "get rid of"),
    "disable": ("switch off", "switched off", "turn off", "turned off", "turns off", "switches off"),
    "enable": ("switch on", "switched on", "turn on", "turned on", "turns on", "switches on", "switch back on",
               "switched back on"),
    "except": ("apart from", "other than", "save for"),
    "exclude": ("left out", "leave out", "leaves out", "leaving out", "out of scope", "out of account"),
    "execute": ("tried out", "try out", "tries out"),
    "immediately": ("at once", "straight away", "right away", "without delay", "as soon as possible"),
    "instead": ("rather than", "in place of", "in lieu of"),
    "investigate": ("look into", "looks into", "looked into", "looking into"),
    "lead": ("results in", "result in", "resulted in"),
    "longer": ("more than", "over"),
    "monthly": ("every month", "once a month", "each month", "per month"),
    "daily": ("every day", "each day", "per day", "once a day", "day and night"),
    "weekly": ("every week", "each week", "per week", "once a week"),
    "quarterly": ("every quarter", "each quarter", "once a quarter", "every calendar quarter", "per quarter"),
    "participate": ("take part", "takes part", "took part", "taken part"),
    "happen": ("take place", "takes place", "took place", "taken place"),
    "remove": ("take away", "takes away", "took away", "taken away", "taking away"),
    "refuse": ("turn down", "turned down", "turns down", "not accept", "does not accept"),
    "register": ("sign up", "signs up", "signed up", "enrol", "enroll"),
    "responsible": ("in charge of", "accountable for"),
    "restore": ("brings back", "bring back", "brought back", "came back", "comes back", "come back"),
    "return": ("hand back", "handed back", "give back", "given back", "hands back", "hand in", "handed in"),
    "roughly": ("more or less", "close to"),
    "previous": ("of the year before", "the year before", "the month before", "the quarter before"),
    "set": ("set up", "sets up"),
    "stop": ("shut down", "shuts down"),
    "substitute": ("take over", "takes over", "took over", "stand in for", "stands in for"),
    "temporary": ("for a time", "for a while"),
}  # fmt: skip
"""Phrases that say what one word says."""

GROUPS: Final = tuple(
    group.split()
    for group in """
about approximately roughly around almost nearly /
above exceed over beyond more higher greater surpass / absent missing lack unavailable away none /
accept approve agree allow permit authorise authorize consent confirm acknowledge suitable grant acceptance approval /
access reach use open connect enter see read log sign available / according under per follow /
account user login profile holder / active enable on run live /
add include enter append insert attach supplement / advise warn suggest counsel recommend /
after later since once following then afterwards past / again once re repeat anew retest /
ahead before advance earlier prior beforehand previous first / agree accept consent sign /
alert alarm warn notice page notify trigger signal warning / alone only exclusively solely sole /
alternative other different else another substitute /
amend change modify alter update revise edit adjust /
announce publish tell notify post declare communicate / annual year /
answer reply respond response react / appear publish show come post /
apply hold valid concern cover count same / appoint name choose assign nominate elect /
arrange plan organise organize schedule set / ask request require demand seek call apply /
assess evaluate review judge rate analyse check examine appraise audit score /
assign give allocate hand designate attach / attempt try tries / attend join participate present /
authenticate sign login use verify identify identity / automatic job function itself script machine /
avoid prevent without / bad ill adverse negative suffer harm / begin start commence open launch /
belong own property his / bind tie bound link attach connect tied /
block stop prevent refuse deny reject prohibit isolate lock blocked /
break breach violate infringe miss violation / bring take carry deliver /
build construct make create develop set / busy busiest peak highest /
buy purchase acquire procure obtain / calculate product compute multiply times sum /
call name term phone contact ring / cancel stop revoke end withdraw terminate /
cause because lead reason due trigger result since / change alter vary modify differ move /
check verify test examine inspect review confirm look control compare against validate audit /
choose select pick random decide chosen / city town place / clear plain /
close end shut finish complete resolve / collect gather pick fetch /
come arrive get appear originate reach / comment note remark observe /
compare check against match equal same / complete finish done whole full end conclude fill close do /
comply meet follow satisfy conform adhere obey / concern about regard affect relate matter worry /
condition where clause / conduct hold perform run carry do held /
confirm verify check show state attest prove establish record / connect link join attach network /
consecutive row succession / consider discuss examine weigh look / consist contain comprise make /
contact reach write call tell / contain include hold have comprise list store keep /
continue remain still keep go / correct fix repair right remedy put mend /
cover include apply extend span scope period sample look from /
create make set build open establish issue produce generate / current present now today ongoing /
customer client harbour else / damage harm / decide determine decision choose rule agree /
decline refuse reject fall / decrease reduce fall lower drop cut /
delete remove erase destroy wipe dispose purge / deliver send give hand provide supply ship /
demand require ask need / deny refuse reject block / deploy release install roll put publish ship /
describe explain set state list document say / destroy delete shred dispose erase /
detect find discover notice spot see recognise identify /
differ different other another not vary distinct / direct straight /
disable lock off switch block suspend deactivate / disclose share give reveal tell publish /
discuss talk speak treat consider / duty obligation must oblige task /
effect work function result operate / employ work hire staff recruit /
end finish expire close stop terminate over conclude complete after last run /
enforce require force set apply these mandatory / enough sufficient adequate / ensure make see sure /
enter put go record register write add input entry result fill / entry record line item row /
equal match same identical / error mistake fault fail failure wrong /
every each all any whichever whenever always per / exceed above more over beyond longer /
exclude not outside except without omit leave / expect forecast anticipate plan /
expire end run lapse / explain give state reason describe name / extend prolong lengthen renew /
factor method / fail failure failed error unsuccessful miss time broken /
fast quick prompt soon rapid / find discover detect found see result conclude work /
finish complete end done close / fix set repair mend resolve correct / fixed date set /
follow after next obey comply / force require oblige compel enforce /
forecast expect predict estimate / form kind type sheet / forward send pass / free without /
function work operate job / future ahead away later next / gather collect /
general standard all overall / get receive obtain have gain give acquire /
give grant provide offer supply state hand assign issue get name / good sound well /
grant give assign allow get have approve receive permit default right / guard protect secure /
handle treat process manage deal / happen occur take event run pipeline /
have hold own possess carry has with get keep contain / help assist support aid / high above large /
hire employ recruit take engage /
hold keep have own store run contain apply meet lead bear retain carry with / host machine server /
idle inactive activity inactivity without / implement carry apply execute do put introduce /
important material major key significant essential / inactivity activity inactive idle without /
include contain cover comprise among add / inform tell notify let report message communicate /
install put apply set / interview meet talk see / introduce bring begin start /
investigate look examine analyse / issue give publish problem hand ticket /
join start hire enter begin joiner / judge rate assess result suitable find state /
keep retain store hold hand stay save preserve archive maintain / know aware / large big great /
last final end until previous / launch start open / law statute legal regulation act /
lead run head result lock manage chair / leave depart exit go quit left end / legal law lawful right /
length long duration time / letter mail post message / likely probable likelihood probability /
limit target restrict maximum most threshold bound deadline cap promise / link tie connect /
list register name inventory / local site place / lock block disable closed /
log record trail journal entry / look check see examine / lose miss gone /
maintain keep hold service / make create take do produce build / manage run lead handle responsible /
mandatory require must oblige compulsory / manner way method / mark label tag /
match equal fit same correspond / material significant important major / mean enforce so /
measure record count control gauge /
meet satisfy fulfil reach hold achieve beat comply within promise commitment match /
anywhere everywhere / meeting session / member part one / message text mail note / method way means /
miss lack fail break overrun / monitor watch observe track follow look / month monthly /
move transfer shift change relocate / name state give call list /
need require must want demand request has / new newly recent / next following later / night nightly /
note notice record comment entry / notify inform tell alert contact report /
objective goal target aim / oblige duty must contain bind force require have /
obtain get receive acquire / occur happen arise / offer give provide grant let /
office site location / official formal / old age past former earlier below lower / open start unlock /
operate run work function / order sequence / organise arrange plan / original first /
outage unavailable down loss / outside external third beyond out /
own belong have hold property our ours / owner responsible / part portion piece section /
pass meet success succeed successful hand ok / pause stop break suspend / pay cost money /
period time length term / permit allow may can right /
person someone somebody anyone anybody people everyone human individual employee who staff user /
phase stage step / piece part / place location site put / plan schedule intend arrange prepare /
portable mobile / post position job role / practise exercise train rehearse try test / prepare ready /
present current now attend / prevent stop block avoid /
previous before last earlier former prior past / prior before / product result multiply /
prohibit forbid ban not must / promise commit guarantee commitment undertake limit target /
prompt quick fast / protect secure guard safeguard shield / provide give supply offer contain /
yield produce give bring / address deal / publish announce post issue release share write / put place set string combine join / qualify suit /
quarter quarterly / question ask query / random chance /
rate score give assess mark class classify value /
reach get arrive meet access attain hit use connect / ready prepare / reason why cause ground /
receive get obtain have give / recent new last / recommend advise suggest should /
record log register write note document entry state keep minute list ticket store /
recover restore return back / reduce lower cut decrease / refer point / reference refer /
refuse deny reject not decline block / regular routine /
reject refuse decline deny not answer code block / relate concern / relationship contract vendor /
release publish version issue / remain stay keep still continue /
remove delete disable revoke take withdraw end / renew replace extend /
repair fix correct mend remedy / repeat again redo rerun /
replace rotate change swap renew new exchange renewal / report tell inform state describe list say /
request ask require need demand want apply /
require need must ask demand have oblige shall force call / resolve fix close solve settle /
respond answer react / responsible own charge owner lead / restrict limit confine /
result outcome find lead finding / retain keep hold store preserve /
return back give restore hand come / reveal disclose show / review check examine assess look read /
revoke withdraw remove cancel end take disable / rotate replace change / row line entry /
run operate execute work manage perform take / safe secure / cost lose price /
skip omit exclude leave / same equal identical that also /
sample selection select random look choose / save keep store / say state tell write note mention /
schedule plan time / score rate point mark / seek ask look / select choose pick /
send deliver pass give e-mail mail forward transmit share put tell use go /
separate different own apart distinct / serious severe grave critical /
set define fix determine put establish / several many number some various multiple /
severity level priority / share give disclose / show display indicate state present / sign write /
silent quiet report / similar like same / single one individual only sole each solely /
ought should must / able can may possible / person nobody no-one / single any alone nobody /
size length / soon prompt / speak talk say / staff people employee / stage phase step /
start begin join first launch / state say write give describe explain / stay remain /
step measure stage / stop end block halt cease pause / store keep hold save retain /
submit send hand enter give / substitute replace compensate alternative stand /
suit suitable fit appropriate / support help assist / suspend pause stop disable /
take get need make accept bring / talk speak discuss / target objective goal limit /
task duty work job / team group department / tell inform notify report say /
terminate end stop cancel / term condition / test check try exercise examine trial probe verify pen /
text message / therefore so / throw discard / tie bind bound / time period when /
tool software program / track follow monitor watch record / train teach course /
treat handle count regard consider be reduce work mitigate treatment /
trigger raise start fire cause alert set / try attempt test practise /
unfinished finish run complete done not / unique own single / update change refresh renew /
use apply employ through with via using by / user account person holder /
usual normal standard typical / valid apply / verify check confirm validate test prove /
version release / view see read look / violate break breach / wait delay / warn alert tell notify /
watch monitor observe / way method / whatever any exception regardless location / whereas while but /
whole entire all full complete / within inside in / withhold no not wait before refuse get until /
work function operate run job do effective / write record author document put note create /
wrong incorrect false error
""".split("/")
)
"""Words that may stand for each other. A word may be in several groups; groups are not chained."""
