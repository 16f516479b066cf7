/** A keycap ("1️⃣") is an emoji made of a plain digit: removed whole, before digits start to count. */
const KEYCAP = /[0-9#*]\uFE0F?\u20E3/gu;
const EMOJI = /\p{Extended_Pictographic}/gu;
/** Zero-width and other invisible characters; some of them are letters to Unicode. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
const NEITHER_LETTER_NOR_DIGIT = /[^\p{L}\p{N}]/gu;
const ACCENT = /\p{M}/gu;
/** "don't", "m’envoyez": what stands between letters joins them. */
const APOSTROPHE = /(?<=\p{L})['\u2018\u2019\u02BC\u00B4`](?=\p{L})/gu;

const plain = (text: string, symbol: string): string =>
  text.replace(KEYCAP, symbol).replace(EMOJI, symbol).normalize('NFKD').toLowerCase().replace(INVISIBLE, '');

/**
 * What is left of a text when case, accents, spaces, hyphens, quotes, other punctuation, invisible characters and
 * emoji do not count: "Opt-Out!" and "OPT OUT" are both "optout". Letters in other widths and styles are the
 * plain ones (Unicode NFKD).
 */
export const foldConsentText = (text: string): string =>
  plain(text, '').replace(NEITHER_LETTER_NOR_DIGIT, '');

/** The same, word by word: "Don't STOP, é!" is "dont stop e". */
export const foldWords = (text: string): string =>
  plain(text, ' ')
    .replace(ACCENT, '')
    .replace(APOSTROPHE, '')
    .replace(NEITHER_LETTER_NOR_DIGIT, ' ')
    .replace(/ +/g, ' ')
    .trim();
