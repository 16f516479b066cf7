/** Which way a conversation is read. */
export type Order = 'newest' | 'oldest';

/** Where a page of a conversation ended, on each of its two sides. Null: nothing of that side was shown yet. */
export interface TimelinePosition {
  /** Ordinal of a message of ours. */
  ordinal: number | null;
  /** A text of theirs: when it came in, with its microseconds, and its id. */
  text: { at: string; id: string } | null;
}

/** Something that was said. */
export interface Said<Text, Message> {
  texts: readonly (Text & { at: Date })[];
  messages: readonly (Message & { at: Date })[];
}

export interface TimelinePage<Text, Message> {
  items: (
    | { direction: 'inbound'; text: Text & { at: Date } }
    | { direction: 'outbound'; message: Message & { at: Date } }
  )[];
  /** How many of each side were shown. */
  shown: { texts: number; messages: number };
  isMore: boolean;
}

/**
 * A page of a conversation: texts and messages, each in the order in which it is read, put together by time. Both were read
 * with one more than `limit`, so that the page never ends for want of rows of one side. Each side keeps its own order, also
 * where two messages were written in the same instant or by clocks that differ. Of two at one instant the text stands first,
 * read from the oldest: it is what is answered. Pure.
 */
export function timelinePage<Text, Message>(
  { messages, texts }: Said<Text, Message>,
  limit: number,
  order: Order,
): TimelinePage<Text, Message> {
  const items: TimelinePage<Text, Message>['items'] = [];
  const shown = { texts: 0, messages: 0 };
  while (items.length < limit) {
    const [text, message] = [texts[shown.texts], messages[shown.messages]];
    if (text === undefined && message === undefined) break;
    if (message === undefined || (text !== undefined && isNext(text.at, message.at, order))) {
      if (text === undefined) break;
      items.push({ direction: 'inbound', text });
      shown.texts += 1;
    } else {
      items.push({ direction: 'outbound', message });
      shown.messages += 1;
    }
  }
  return { items, shown, isMore: texts.length + messages.length > items.length };
}

/** Whether the text is read before the message. */
const isNext = (text: Date, message: Date, order: Order): boolean =>
  order === 'oldest' ? text <= message : text > message;
