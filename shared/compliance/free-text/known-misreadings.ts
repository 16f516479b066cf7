import type { FreeTextVerdict } from '../free-text.ts';

/**
 * Texts that are read otherwise than a person would read them, found so far by trying texts that the phrases were not
 * written for. The documentation lists them as they stand here; a test holds each to what it says.
 */
export const knownMisreadings: readonly { text: string; read: FreeTextVerdict; meant: string }[] = [
  { text: 'Stop. Drop. Roll.', read: 'revocation', meant: 'an answer to a question on fire safety' },
  { text: 'stop texting and driving', read: 'revocation', meant: 'an answer' },
  { text: 'stop!! in the name of love', read: 'revocation', meant: 'a joke' },
  { text: 'STOP - call 911', read: 'revocation', meant: 'an answer' },
  { text: 'stop 2', read: 'revocation', meant: 'an answer to a question on a bus line' },
  { text: "don't text", read: 'revocation', meant: 'an answer to a question on driving' },
  { text: 'no me llame Juan', read: 'revocation', meant: 'a name put right' },
  { text: 'stop antibiotics early', read: 'doubtful', meant: 'an answer' },
  { text: 'the answer is stop', read: 'doubtful', meant: 'an answer' },
  { text: 'STOP John Smith', read: 'doubtful', meant: 'a revocation, signed' },
  { text: 'The end is near', read: 'doubtful', meant: 'small talk' },
  { text: 'One stop shop', read: 'doubtful', meant: 'small talk' },
  { text: 'Not my number', read: 'doubtful', meant: 'a wrong number' },
  { text: 'he doesn\u2019t live here', read: 'doubtful', meant: 'a wrong number' },
  { text: 'Im not signing up for this', read: 'none', meant: 'a revocation' },
  { text: 'get out of my phone', read: 'none', meant: 'a revocation' },
  { text: 'ya estuvo', read: 'none', meant: 'a revocation' },
];
