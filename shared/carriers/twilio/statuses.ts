import type { Twilio } from 'twilio';
import type { FoundStatus } from '../carrier.ts';
import { storableText } from '../readable.ts';
import { asking, nullIfGone } from './asking.ts';
import { dateOf } from './listing.ts';
import type { Connection } from './request-client.ts';
import { personsNumber } from './webhook-parameters.ts';

/** Asking the carrier what became of messages. */

type MessageList = Twilio['messages'];
type MessagePage = Awaited<ReturnType<MessageList['page']>>;
type MessageInstance = MessagePage['instances'][number];

/** The most that the carrier puts on a page. */
const PAGE_SIZE = 1_000;
const INBOUND_DATE_TIMEOUT_MS = 3_000;

/** See Carrier.fetchStatus. */
export async function fetchStatus(
  connection: Connection,
  carrierMessageId: string,
  signal: AbortSignal,
): Promise<FoundStatus | null> {
  return asking(connection, 'statuses', signal, async ({ messages }) => {
    const message = await messages(carrierMessageId).fetch().catch(nullIfGone);
    if (message === null) return null;
    if (message.sid !== carrierMessageId) throw new Error('the answer is not about the message');
    return foundStatus(message);
  });
}

/** See Carrier.inboundDate. Whoever asks has a webhook to answer. */
export async function fetchInboundDate(
  connection: Connection,
  carrierMessageId: string,
): Promise<Date | null> {
  const signal = AbortSignal.timeout(INBOUND_DATE_TIMEOUT_MS);
  return asking(connection, 'the time of a text', signal, async ({ messages }) => {
    const message = await messages(carrierMessageId).fetch().catch(nullIfGone);
    return message === null ? null : dateOf(message);
  });
}

/**
 * See Carrier.listStatuses. Only whole days are documented for the filter by date; should it know no more than that,
 * the pages are the newest of the day, and whoever asks finds less on them than hoped for.
 * https://www.twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources
 */
export async function* listStatuses(
  connection: Connection,
  { since, until, signal }: { since: Date; until: Date; signal: AbortSignal },
): AsyncGenerator<readonly FoundStatus[]> {
  let page: MessagePage = await asking(connection, 'statuses', signal, ({ messages }) =>
    messages.page({ dateSentAfter: since, dateSentBefore: until, pageSize: PAGE_SIZE }),
  );
  for (;;) {
    yield page.instances.filter(({ direction }) => direction !== 'inbound').map(foundStatus);
    const { nextPageUrl } = page;
    if (!nextPageUrl) return;
    page = await asking(connection, 'statuses', signal, ({ messages }) => messages.getPage(nextPageUrl));
  }
}

function foundStatus(message: MessageInstance): FoundStatus {
  // Read from outside: a word may be missing, whatever the client's types say.
  const word: unknown = message.status;
  return {
    carrierMessageId: message.sid,
    status: typeof word === 'string' && word !== '' ? storableText(word) : 'unknown',
    errorCode: message.errorCode ? String(message.errorCode) : null,
    phoneNumber: personsNumber(message.to ?? ''),
  };
}
