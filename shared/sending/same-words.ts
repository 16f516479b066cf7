/** What a message to one phone is known by in a carrier's list. */
interface Words {
  senderNumber: string;
  body: string;
}

/** Whether two messages to one phone look the same in the carrier's list. */
export const sameWords = (one: Words, other: Words): boolean =>
  one.senderNumber === other.senderNumber && folded(one.body) === folded(other.body);

/** Carriers trim and recode white space; nothing else of a text may differ. */
const folded = (body: string): string => body.normalize('NFC').replace(/\s+/g, ' ').trim();
