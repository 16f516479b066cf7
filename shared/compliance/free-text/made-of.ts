/**
 * Whether a text of folded words is made of nothing but the given phrases, at least one of them a key phrase. By walking
 * the text once, and not by a regular expression: "stop all" is a phrase, and so are "stop" and "all", which makes the
 * number of ways to take a long text apart exponential.
 */
export function madeOf(keys: readonly string[], others: readonly string[]): (text: string) => boolean {
  const keyPhrases = new Set(keys);
  const otherPhrases = new Set(others);
  const longest = Math.max(...[...keys, ...others].map((phrase) => phrase.split(' ').length));
  return (text) => {
    const words = text.split(' ');
    // By number of words: whether so many words can be taken apart at all, and with a key phrase among them.
    const plain = [true];
    const keyed = [false];
    for (let end = 1; end <= words.length; end += 1) {
      let [isPlain, isKeyed] = [false, false];
      for (let begin = Math.max(0, end - longest); begin < end; begin += 1) {
        if (!plain[begin] && !keyed[begin]) continue;
        const phrase = words.slice(begin, end).join(' ');
        if (keyPhrases.has(phrase)) isKeyed = true;
        if (otherPhrases.has(phrase)) {
          isPlain ||= plain[begin] === true;
          isKeyed ||= keyed[begin] === true;
        }
      }
      plain.push(isPlain);
      keyed.push(isKeyed);
    }
    return keyed[words.length] === true;
  };
}
