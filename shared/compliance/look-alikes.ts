/**
 * Letters and digits that look like a plain one: "ST0P", and "st\u043Ep" with a Cyrillic o, as keyboards, autocorrection and people who do not
 * trust a filter write them. Of Unicode's list of confusables (TR 39) those that stand for a letter of a word of ours.
 */
const LOOKS_LIKE: ReadonlyMap<string, string> = new Map(
  Object.entries({
    a: '4\u0430\u03B1',
    b: '8\u0432\u03B2',
    c: '\u0441\u03F2',
    e: '3\u0435\u03B5',
    i: '\u0456\u03B9',
    k: '\u043A\u03BA',
    l: '\u04CF',
    m: '\u043C',
    n: '\u0578\u03B7',
    o: '0\u043E\u03BF',
    p: '\u0440\u03C1',
    q: '\u051B',
    r: '\u0433',
    s: '5\u0455',
    t: '7\u0442\u03C4',
    u: '\u057D\u03C5',
    v: '\u0475\u03BD',
    x: '\u0445\u03C7',
    y: '\u0443\u03B3',
  }).flatMap(([letter, likes]) => [...likes].map((like): [string, string] => [like, letter])),
);

/** What a folded word may look like in plain letters: a 1 is an i or an l. */
export const looksOf = (word: string): readonly string[] =>
  ['i', 'l'].map((one) =>
    [...word.replaceAll('1', one)].map((character) => LOOKS_LIKE.get(character) ?? character).join(''),
  );
