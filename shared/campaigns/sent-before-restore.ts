import type { Channel, Intent } from '#shared/compliance/touch.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import { campaignMessageId } from '#shared/identity.ts';
import { IS_UNADOPTED, type PlannedAgain } from '#shared/messages/restored.ts';
import { unitsOf } from '#shared/messages/write.ts';
import { canonicalSenderAddress, type SenderAddress } from '#shared/phone/sender-address.ts';
import type { Queryable, Transaction } from '#shared/postgres/pool.ts';
import type { Member } from './audience-member.ts';
import { type Content, pricedOf, wordsOf } from './content.ts';
import { LOOKED_UP } from './look-up.ts';
import type { Priced } from './prices.ts';

/**
 * What a campaign had sent before the database was set back to an earlier moment. Its contacts are where they were at that moment, with
 * as many plans behind them as they had then; what went since stands under the ids of later plans, of which some were
 * held, taken back or refused, and left nothing. Before anything is planned for somebody, those ids are looked for, and what
 * went is taken over in the place of a new message (docs/decisions/0046-sent-ids-stay-taken.md).
 */

/** A message of theirs that went, and that nothing of the campaign says anything of yet. */
export interface SentBefore {
  /** Which of their messages it is, from 0. */
  plan: number;
  messageId: string;
  channel: Channel;
  /** Null: nobody knows. */
  senderNumber: SenderAddress | null;
  carrier: CarrierName | null;
}

/**
 * How many plans beyond those that somebody has now are looked through. Each is one that was taken back or not taken by a carrier
 * between the restore point and the end of the old database, but for as many as a campaign may make attempts.
 */
export const PLANS_LOOKED_THROUGH = 256;

interface Row {
  message_id: string;
  phone_number: string;
  channel: Channel;
  sender_number: string;
  carrier: CarrierName | null;
}

/** Of these contacts of a campaign, by their ids, in the order in which it went. Whoever nothing went to is not there. */
export async function readSentBefore(
  db: Queryable,
  campaignId: string,
  members: readonly Pick<Member, 'contactId' | 'phoneNumber' | 'plans'>[],
): Promise<ReadonlyMap<string, readonly SentBefore[]>> {
  const { rows } = await db.query<Row>(
    `SELECT message_id, phone_number, channel, sender_number,
            (SELECT carrier FROM attempt WHERE attempt.message_id = message.message_id LIMIT 1) AS carrier
       FROM message WHERE phone_number = ANY ($1) AND ${IS_UNADOPTED}`,
    [members.map(({ phoneNumber }) => phoneNumber)],
  );
  const byPhone = Map.groupBy(rows, (row) => row.phone_number);
  return new Map(
    members.flatMap((member): [string, SentBefore[]][] => {
      const known = byPhone.get(member.phoneNumber);
      const found = known === undefined ? [] : sentBefore(campaignId, member, known);
      return found.length === 0 ? [] : [[member.contactId, found]];
    }),
  );
}

/** Which of these rows, of any origin, are messages of somebody in a campaign. Pure. */
function sentBefore(
  campaignId: string,
  { contactId, plans }: Pick<Member, 'contactId' | 'plans'>,
  rows: readonly Row[],
): SentBefore[] {
  const open = new Map(rows.map((row) => [row.message_id, row]));
  const found: SentBefore[] = [];
  // From the first on: a later one may have been taken over before, by another step.
  for (let plan = 0; plan < plans + PLANS_LOOKED_THROUGH && open.size > 0; plan += 1) {
    const messageId = campaignMessageId(campaignId, contactId, plan);
    const row = open.get(messageId);
    if (row === undefined) continue;
    open.delete(messageId);
    const { carrier, channel, sender_number } = row;
    found.push({ plan, messageId, channel, carrier, senderNumber: canonicalSenderAddress(sender_number) });
  }
  return found;
}

/**
 * What of it is taken over in the place of what would be planned now. Where everybody gets one thing, tried as often as it takes,
 * that is all of it, and the last is where they stand. On a ladder it is the first that went by the channel of the step that they
 * are on: which step a message was of nobody knows, and each is taken for one, so that no step is repeated. None: nothing of this step
 * went, and it is planned. Pure.
 */
export function takenOverNow(
  found: readonly SentBefore[],
  { channel, isLadder }: { channel: Channel; isLadder: boolean },
): readonly SentBefore[] {
  return isLadder ? found.filter((each) => each.channel === channel).slice(0, 1) : found;
}

/** The next plan whose id is not taken. Pure. */
export function freePlan(plans: number, found: readonly SentBefore[]): number {
  const taken = new Set(found.map(({ plan }) => plan));
  let plan = plans;
  while (taken.has(plan)) plan += 1;
  return plan;
}

/** How one of them is kept: as if it had been planned now. Pure. */
export function plannedAgain(
  { campaignId, intent, topic }: { campaignId: string; intent: Intent; topic: string | null },
  { contactId, step }: Pick<Member, 'contactId' | 'step'>,
  {
    content,
    sent: { messageId, senderNumber },
    variant,
  }: {
    /** What they would get now; null: there is nothing that they could. */
    content: Content | null;
    sent: Pick<SentBefore, 'messageId' | 'senderNumber'>;
    variant: number;
  },
): PlannedAgain {
  const words = content === null ? null : wordsOf(content);
  return {
    batchId: messageId,
    messageId,
    campaignId,
    variant,
    step,
    intent,
    topic,
    causeId: contactId,
    senderNumber,
    body: words?.body ?? '',
    template: words?.template ?? null,
    units: words === null ? null : unitsOf({ ...words, senderNumber: senderNumber ?? '' }),
  };
}

/** What one of them is taken to have cost, where nothing says it. Pure. */
export const paidBefore = (content: Content | null, channel: Channel): Priced =>
  content !== null
    ? pricedOf(content)
    : channel === 'voice'
      ? { kind: 'call', minutes: 1 }
      : { kind: 'text', segments: 1, hasMedia: false };

/** Counts what went before the last of theirs as attempts. Their rows are locked. */
export async function countEarlier(
  tx: Transaction,
  campaignId: string,
  earlier: readonly { contactId: string; attempts: number }[],
): Promise<void> {
  if (earlier.length === 0) return;
  await tx.query(
    `UPDATE campaign_contact AS each SET attempts = each.attempts + became.attempts
       FROM unnest($2::uuid[], $3::smallint[]) AS became(contact_id, attempts) ${LOOKED_UP}
      WHERE each.ctid = found.ctid`,
    [campaignId, earlier.map(({ contactId }) => contactId), earlier.map(({ attempts }) => attempts)],
  );
}
