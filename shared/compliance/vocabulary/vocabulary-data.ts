/** The words of one language by which people end, resume or ask about messages. Written as people write them. */
export interface VocabularyData {
  optOut: readonly string[];
  optIn: readonly string[];
  /** Agreement: an opt-in only for a person who is opted out; an answer like any other for everybody else. */
  agreement: readonly string[];
  help: readonly string[];
}
