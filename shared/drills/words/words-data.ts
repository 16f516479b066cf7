/** What people text outside a prompt to ask for something, in one language. Written as people write it. */
export interface WordsData {
  /** The next drill. */
  more: readonly string[];
  name: readonly string[];
  language: readonly string[];
  schedule: readonly string[];
  /** Recognised as a whole word anywhere in the text. */
  thanks: readonly string[];
}
