import type { Phrase } from './free-text-data.ts';

/** What is sent that is no lesson of anybody's: what opt-out buttons name ("Stop promotions"), and what one is in. */
const OFFERED =
  '(?:promotions?|promos?|promotional (?:texts?|messages?|offers?|emails?)|offers?|marketing(?: texts?| messages?)?|updates?|ads?|adverts?|advertising|advertisements?|deals?|newsletters?|coupons?|surveys?|campaigns?|solicitations?|subscriptions?|programs?|programmes?|lessons?|communications?)';
/** Texts of a few words that are nothing else: what buttons and footers say, and a word of ours with what was added to it. */
export const enInShort: readonly Phrase[] = [
  {
    id: 'en_stop_offers',
    words: `(?:please |pls )?(?:stop|quit|cease|halt|discontinue|end|cancel|no more)(?: (?:all|the|these|this|those|your|ur|any|more|with|my|sending|getting|receiving|me))* ${OFFERED}(?: (?:please|pls|now|thanks|thank you))*`,
    whole: true,
  },
  {
    // As footers say it: "Reply STOP to end", "Stop2Quit".
    id: 'en_as_footers_say',
    words:
      '(?:please )?(?:(?:reply|text|txt|send|write|type|answer)(?: with)?(?: the word)? stop|(?:(?:reply|text|txt|send) )?stop ?(?:2|to|too) ?(?:end|quit|stop|cancel|unsubscribe|unsub|opt ?out))(?: (?:please|thanks|now))*',
    whole: true,
  },
  { id: 'en_stop_numbered', words: 'stop(?: \\d+){1,3}', whole: true },
  {
    id: 'en_stop_this_number',
    words:
      'stop (?:(?:to|with|for|on) )?(?:(?:this|my|the) (?:number|phone|cell)|(?:the |your |this )?(?:service|contact|bot|robot)|bro|dude|man|yall|you people)(?: (?:please|pls|now|thanks))*',
    whole: true,
  },
  {
    id: 'en_do_not_alone',
    words:
      '(?:please |pls )?(?:(?:dont|do not|never) (?:text|txt|message|msg|contact|call|email|disturb|bother)(?: (?:me|us|again|any ?more|ever|ever again|further|please|pls|thanks|thank you))*|dnd|dnc|(?:dnd|dnc) (?:please|pls|thanks)|no (?:more|further) contact)',
    whole: true,
  },
];
