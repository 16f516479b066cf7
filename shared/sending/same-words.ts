/** What a message to one phone is known by in a carrier's list. */
interface Words {
  senderNumber: string;
  body: string;
  /** Its words at the carrier are the template's, which may be other than ours. Left out: they are ours. */
  isTemplate?: boolean;
}

/** Whether two messages to one phone look the same in the carrier's list, or may. */
export const sameWords = (one: Words, other: Words): boolean =>
  one.senderNumber === other.senderNumber &&
  (one.isTemplate === true || other.isTemplate === true || folded(one.body) === folded(other.body));

/** Carriers trim and recode white space; nothing else of a text may differ. */
const folded = (body: string): string => body.normalize('NFC').replace(/\s+/g, ' ').trim();
