import { attached } from './attached.ts';
import { enInShort } from './en-in-short.ts';
import type { FreeTextData } from './free-text-data.ts';
import { notNames } from './not-names.ts';

const ME = '(?:me|us|my (?:cell |phone )?(?:phone|number|cell)|this (?:phone )?number)';
const NOUN =
  '(?:texts?|txts?|text messages?|messages?|msgs?|sms|alerts?|notifications?|reminders?|calls?|spam|spams|emails?)';
const DOING =
  '(?:texting|txting|messaging|msging|contacting|calling|phoning|bothering|harassing|spamming|sending|bugging|emailing|blowing up)';
/** "do not text me before nine" says when, not whether. */
const NOT_A_TIME =
  '(?! (?:before|until|till|at|during|while|after|when|today|tonight|tomorrow|on|now|yet|enough|back|so|about|in the|here)\\b)';

/** For what people say of themselves: "I withdraw my consent". */
const NOT_NEGATED = '(?<!\\b(?:dont|do not|never|not|didnt|did not|wont|cant|cannot|accidentally) )';

export const en: FreeTextData = {
  courtesy: [
    'please',
    'pls',
    'plz',
    'now',
    'thanks',
    'thank you',
    'thx',
    'ok',
    'okay',
    'just',
    'hi',
    'hello',
    'sir',
    'maam',
    'it',
    'this',
    'that',
    'already',
    'immediately',
    'asap',
    'right now',
    'at once',
    'me',
    'all',
    'everything',
    'today',
    'i said',
    'said',
    'yes',
    'sorry',
    'hey',
    'and',
    'for good',
    'forever',
    'you',
    'kindly',
  ],
  sentences: ['stop', 'stop all', 'stopall', 'unsubscribe', 'opt out', 'optout', 'quit it'],
  attached: attached.en,
  notNames: notNames.en,
  revocations: [
    {
      id: 'en_stop_at_end',
      words:
        '(?<!\\b(?:dont|never|not|cant|cannot|wont|didnt|bus|truck|pit|full|next|last|first|one|the|a|my|to|is|are|was|we|i|they|he|she|it|will|ill|and|or|non|do|did|should|when|if|text|say|said|says|type|reply|send|sent|busy|must|please dont) )stop$',
    },
    {
      id: 'en_said_stop',
      words:
        '(?<!\\bif )i (?:already |just |have )*(?:said|told (?:you|u)(?: guys)? to|asked (?:you|u) to) stop',
    },
    { id: 'en_enough_texts', words: `enough (?:with|of) (?:(?:the|these|your|all|this) )*${NOUN}` },
    {
      id: 'en_off_the_list',
      words: '(?:take|get|keep) (?:me )?off (?:the |your |this )?list',
      turnable: true,
    },
    {
      id: 'en_no_wish_to_receive',
      words:
        '(?:i )?(?:dont|do not|no longer) (?:want|wish) to (?:receive|get|be contacted)(?: anymore| please)?',
      whole: true,
    },
    {
      id: 'en_send_no_more',
      words: '(?:pls |please )?(?:dont|do not) send (?:me )?(?:any ?more|more|nothing)(?: please| thanks)?',
      whole: true,
    },
    {
      id: 'en_removed',
      words:
        '(?:like|want|wish|need|asked?|asking|request(?:ed|ing)?)(?: to)?(?: be)? (?:removed|taken off|unsubscribed|deleted)(?! by)',
    },
    {
      id: 'en_out_of_group',
      words:
        '(?:take|get|leave) (?:me|my number) out of (?:this|your|the|these) (?:\\w+ )?(?:group|list|chat|thread|thing|program|programme|system|texts?|messages?)',
      turnable: true,
    },
    {
      id: 'en_off_list',
      words: '(?:get|come|be) off (?:of )?(?:this|your|the|these) (?:\\w+ )?(?:list|texts?|messages?)',
    },
    {
      id: 'en_want_out',
      words:
        '(?:please )?(?:i (?:need|want) (?:out|off)|i quit|im out|i am out)(?: of this| please| thanks)?',
      whole: true,
    },
    {
      id: 'en_no_texts',
      words: `no (?:more )?(?:${NOUN}|texting|messaging|calling)(?: please| thanks| thank you)?`,
      whole: true,
    },
    { id: 'en_desist', words: 'cease and desist' },
    {
      id: 'en_no_permission',
      words:
        '(?:dont|do not|no longer|never|didnt|did not) (?:consent|give (?:you )?(?:my )?(?:consent|permission)|have (?:my )?(?:consent|permission))',
    },
    {
      id: 'en_leave_programme',
      words:
        '(?:dont|do not|no longer|not) (?:want|wish|like|care) to (?:participate|continue|be (?:a )?part|be in(?:volved)?|be on)|(?:like|want|wish|need|going) to (?:withdraw|unenroll|drop out|leave (?:the|this) (?:program|programme|study|group|list))',
    },
    {
      id: 'en_discontinue',
      words:
        '(?:please |pls )?(?:discontinue|desist|cease|unenroll|disenroll|deregister|deactivate|withdraw)(?: me| my number| please| now| this| it| immediately)*',
      whole: true,
    },
    {
      id: 'en_turn_off',
      words: `turn off (?:(?:the|these|this|all|my|your) )*${NOUN}|turn (?:these|this)(?: ${NOUN})? off`,
    },
    {
      id: 'en_how_to_stop',
      words: `how (?:do|can|would|could) (?:i|we) (?:stop|end|cancel|quit|turn off)(?: (?:these|this|the|all|your|getting|receiving|any))* (?:${NOUN})`,
    },
    {
      id: 'en_make_it_stop',
      words:
        '(?:please )?(?:how (?:do|can) (?:i|we) )?(?:make (?:it|this|these|them) stop|how (?:do|can) (?:i|we) (?:stop|end|cancel) (?:this|these|it))(?: please)?',
      whole: true,
    },
    {
      id: 'en_you_stop',
      words:
        '(?<!\\b(?:do|should|when|if|did|would|dont|never) )(?:you|u|yall|ya)(?: (?:all|guys|people|need|to|can|must|should|better|just|please|have|now|really)){0,4} stop(?: (?:now|it|this|already|please|that|thanks))*$',
    },
    {
      id: 'en_stop_receiving',
      words: 'stop (?:receiving|getting)(?: (?:these|this|them|any|your|it|from you))*$',
      turnable: true,
    },
    {
      id: 'en_not_my_number',
      words:
        '(?:doesnt|does not|dont|do not|no longer) (?:have|own|use) this (?:number|phone)|(?:this|the) (?:number|phone) (?:now )?(?:belongs to (?:someone|somebody)|is (?:now )?(?:someone|somebody) else)',
    },
    {
      id: 'en_no_stop',
      words: 'no+ (?:no )?(?:please )?(?:stop|quit)(?: please| it| this| now)?',
      whole: true,
    },
    {
      id: 'en_stop_messages',
      words: `(?:stop|quit|cease|halt|discontinue|end)(?: (?:all|the|these|this|those|your|ur|any|more|of|with|damn|stupid|fucking|freaking|sending|getting|receiving|me))* (?:${DOING}|${NOUN})(?! (?:in|of|and driving|while driving)\\b)`,
      turnable: true,
    },
    ...enInShort,
    {
      id: 'en_stop_sending',
      words: '(?:stop|quit|cease) (?:sending|texting|messaging|contacting|bothering|harassing)',
      turnable: true,
    },
    {
      id: 'en_do_not_contact',
      words: `(?:(?:dont|do not|never|no longer|not to)(?: (?:ever|want to|you ever|keep))*) (?:reply to|respond to|text|txt|texting|message|msg|messaging|contact|call|calling|email|write|write to|bother|bug|spam|send)(?: to)? ${ME}${NOT_A_TIME}`,
      turnable: true,
    },
    {
      id: 'en_do_not_send',
      words: `(?:dont|do not|never) send (?:me |us )?(?:any |anymore |these |this |more |kinds? of )*(?:${NOUN}|anything|stuff|this|these)${NOT_A_TIME}`,
      turnable: true,
    },
    {
      id: 'en_no_more',
      words: `no more (?:of )?(?:these |this |your |the )?(?:${NOUN}|sending|texting|lessons|please)`,
      turnable: true,
    },
    {
      id: 'en_no_more_alone',
      words: '(?:ok |please |pls )?no more(?: thanks| thank you| please)?',
      whole: true,
    },
    {
      id: 'en_remove_me',
      words:
        '(?:remove|delete|erase|unlist|drop|deactivate) (?:me|us|my (?:phone )?number|my (?:name|info|contact|phone|information)|this (?:phone )?number)',
      turnable: true,
    },
    {
      id: 'en_take_me_off',
      words:
        '(?:take|get|keep|leave) (?:me|us|my (?:phone )?(?:number|name)|this number) off(?: of)?(?: (?:your|ur|the|this|these|that|any|all|ya|da|my))?(?: \\w+)? ?(?:list|lists|thing|texts?|messages?|system|database|$)',
      turnable: true,
    },
    { id: 'en_unsubscribe', words: `${NOT_NEGATED}(?:unsubscribe|unsub)` },
    {
      id: 'en_opt_out',
      words:
        'opt(?:ing)? (?:me |us |my number )?out(?: of (?:this|these|your|all|any|everything|it|receiving|getting|the (?:texts?|messages?|program|programme|list|service|alerts)|texts?|messages?))?(?! of )',
      turnable: true,
    },
    {
      id: 'en_revoke_consent',
      words: `${NOT_NEGATED}(?:revoke|withdraw|rescind|cancel)(?: (?:my|all|any))* (?:consent|permission|authorization|opt in)`,
    },
    {
      id: 'en_cancel_service',
      words: `(?:cancel|end|terminate)(?: (?:my|this|these|the|all|your))* (?:subscription|enrollment|registration|membership|service|${NOUN})`,
      turnable: true,
    },
    {
      id: 'en_do_not_want',
      words: `(?:dont|do not|didnt|did not|no longer|never) (?:want|wish|need|like)(?: (?:to|any|more|these|this|your|the|be|getting|get|receive|receiving|anymore|have|being|those|of|you to|u to))* (?:${NOUN}|texted|messaged|contacted|called|send me|text me|message me|contact me|call me)${NOT_A_TIME}`,
    },
    {
      id: 'en_do_not_want_this',
      words:
        '(?:i )?(?:dont|do not|no longer) (?:want|need) (?:this|these|it|any|any more|any of this|to do this)(?: anymore| any more| any longer)?',
      whole: true,
    },
    {
      id: 'en_did_not_sign_up',
      words:
        '(?:i )?(?:never|didnt|did not) (?:sign(?:ed)? up|signup|subscribe[d]?|agree[d]?|consent(?:ed)?|ask(?:ed)?) (?:for|to|4)(?: (?:this|these|any|your|receive|get|be))*',
    },
    {
      id: 'en_not_interested',
      words:
        '(?:sorry |no |hi )?(?:im |i am |we are |were )?(?:really |so )?(?:not|no longer) interested(?: anymore| any more| at all| thanks| thank you| in this| sorry)?',
      whole: true,
    },
    { id: 'en_leave_alone', words: 'leave (?:me|us) (?:the (?:hell|fuck|heck) )?alone' },
    { id: 'en_lose_number', words: '(?:lose|forget|delete|erase) (?:my|this) (?:phone )?number' },
    {
      id: 'en_go_away',
      words:
        '(?:please )?(?:go away|get lost|fuck off|f off|piss off|buzz off|screw off|screw you|fuck you|stfu|shut up|enough already|enough)(?: now| please)?',
      whole: true,
    },
    {
      id: 'en_do_not_call_list',
      words:
        '(?:put|place|add) (?:me|this number|my number) (?:on|to) (?:your|the|ur) (?:do not call|dnc|do not text|do not contact)',
    },
    {
      id: 'en_wrong_number',
      words:
        '(?:sorry |hi |hello |um )*(?:but )?(?:i think )?(?:(?:you|u) (?:have|got|hav) |youve got |this is |its |thats )?(?:the |a )?wrong (?:number|person|phone|guy|girl)(?: sorry| please stop| thanks| buddy)*',
      whole: true,
    },
    {
      id: 'en_not_that_person',
      words:
        '(?:this (?:is not|isnt)|im not|i am not|no longer) (?:\\w+ ){0,2}(?:number|phone) (?:anymore|any more)',
    },
    {
      id: 'en_harassment',
      words:
        '(?:this is (?:harassment|spam)|reported? (?:you|this|as spam|for spam)|reporting (?:you|this)|block(?:ed|ing) (?:you|this number|your number))',
    },
    {
      id: 'en_done',
      words: '(?:im |i am )?done (?:with (?:this|these|you|all this)|receiving|getting)(?: \\w+)?',
      whole: true,
    },
    {
      id: 'en_misspelt',
      words:
        '(?:sotp|stpo|stp|stopit|stopped it|unsuscribe|unsubcribe|unsubscibe|unsubscrib|unsubsribe|unsubscride|unscribe|unsubscribed|cancle|cancell|optput|opt ou|opt put|nomore(?:texts?|msgs?|messages?|please)?|donttext(?:me)?)',
      whole: true,
    },
  ],
  turns: [
    'dont',
    'do not',
    'never',
    'cant',
    'cannot',
    'can not',
    'wont',
    'not',
    'please dont',
    'i',
    'we',
    'he',
    'she',
    'they',
    'ill',
    'i will',
    'i had to',
    'i have to',
    'didnt',
    'did not',
    'doesnt',
    'you dont',
    'u dont',
    'you never',
    'why',
    'why did you',
    'why did it',
    'did you',
    'got',
    'get',
    'there are',
    'there were',
    'are',
    'have',
    'had',
    'received',
    'receive',
    'to not',
    'who',
    'i accidentally',
    'if i',
    'should i',
    'when i',
  ],
  harmless: [
    'stop the (?:bleeding|spread|spreading|virus|infection|germs?|fire|car|bus|clock|music|itch|pain|cough|coughing|flu|disease|flow)',
    '(?:cant|cannot|couldnt|never|wont) stop (?:laughing|smiling|crying|coughing|sneezing|thinking|eating|learning|watching)',
    '(?:bus|truck|rest|pit|next|last|first|train) stops?',
    '(?:stop|stops|stopped|stopping) (?:smoking|drinking|vaping|coughing|sneezing|eating|working|taking|breathing|bleeding|germs|infections?|the spread)',
    '(?:week|dead|high|low|front|back|year|month|open|book) ?end(?:s|ed)?',
    'end of (?:the )?(?:day|week|month|year|class|shift|school|quarter|lesson|story|june|july|may|march|april)',
    '(?:by|at|before|until|till|near|toward|towards) the (?:very )?end of',
    '(?:quit|quitting) (?:smoking|drinking|vaping|my job|the team|school|work)',
    'cancel(?:led|ed|ing|lation)? (?:the )?(?:flight|game|party|class|school|meeting|dinner|lunch|trip|practice|noise)',
    'remove (?:the )?(?:\\w+ )?(?:gloves?|mask|lid|jewelry|rings?|dirt|germs|soap|bacteria|gown|stain|watch|bandage)',
    'stop ?watch(?:es)?',
  ],
  doubts: [
    {
      id: 'en_why_texting',
      words:
        'why (?:are|do|am|did|is) (?:you|u|i|we|this) (?:\\w+ )?(?:texting|messaging|contacting|calling|getting|receiving)|new phone who',
    },
    {
      id: 'en_messages_unwanted',
      words: `(?:dont|do not|didnt|no longer) (?:want|need|like) (?:\\w+ ){0,3}(?:${NOUN})`,
    },
    {
      id: 'en_moved',
      words: '(?:doesnt|does not|dont) live here|(?:changed my mind|not my (?:number|phone))',
    },
    {
      id: 'en_word_inside',
      words:
        '(?:stop|stops|stopped|stopping|stopall|quit|cancel|cancelled|canceled|end|revoke|unsubscribed?|unsub|opt(?:ing|ed)? out|optout|remove)',
    },
    // A letter too many, where it makes no other word.
    { id: 'en_word_and_letter', words: '[a-z]?stop[a-z]?', whole: true },
    {
      id: 'en_misspelt_inside',
      words: '(?:sotp|stpo|unsuscribe|unsubcribe|unsubscibe|unsubscrib|unsubsribe)',
    },
    {
      id: 'en_contact_inside',
      words:
        '(?:dont|do not|never|no more) (?:text|txt|message|msg|contact|call|write|send|bother|texts?|messages?)',
    },
    { id: 'en_wrong_number_inside', words: 'wrong (?:number|person)' },
    { id: 'en_not_interested_inside', words: '(?:not|no longer) interested' },
    {
      id: 'en_who_gave',
      words:
        '(?:how did (?:you|u) get|who gave (?:you|u)|where did (?:you|u) get) (?:my|this) (?:phone )?(?:number|info)',
    },
    {
      id: 'en_annoyed',
      words:
        '(?:annoying|harass(?:ing|ment|ed)?|spam|spamming|scam|lawyer|attorney|sue|fcc|ftc|do not call|too many (?:texts|messages|msgs)|leave me|go away|enough of)',
    },
    { id: 'en_no_thanks', words: '(?:no thanks|no thank you|no thx|nope thanks|pass)', whole: true },
    {
      id: 'en_not_me',
      words:
        '(?:(?:this|that) (?:is not|isnt|aint) (?:\\w+|my|me)|not (?:my|me)|im not (?:\\w+)|he died|she died|passed away|deceased)',
      whole: true,
    },
    {
      id: 'en_deceased',
      words: '(?:passed away|deceased|(?:he|she|mom|dad|husband|wife) (?:has )?died|no longer with us)',
    },
  ],
};
