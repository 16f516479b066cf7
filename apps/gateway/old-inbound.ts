import type { InboundMessage } from '#shared/carriers/carrier.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import { inboundCommandId } from '#shared/identity.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import { keyOf, readCampaignTexts } from '#shared/replies/campaign-texts.ts';
import { answeredText } from '#shared/replies/matching.ts';

/** What the path of an older system answers: who wrote, and to which campaign, as far as that is known now. */
export interface OldAnswer {
  message: string;
  /** As the reply is known everywhere; null: it is a part of a text whose others are missing, or no text. */
  replyId: string | null;
  contactId: string | null;
  campaignId: string | null;
}

export const nothingTaken: OldAnswer = {
  message: 'received; it is no text of a person',
  replyId: null,
  contactId: null,
  campaignId: null,
};

const DAY_MS = 86_400_000;

/** The answer to a text that was taken in. `now`: business time. */
export async function oldAnswer(
  db: Queryable,
  carrier: CarrierName,
  { carrierMessageId, from, part, receivedAt, to }: InboundMessage,
  { withinDays, now }: { withinDays: number; now: Date },
): Promise<OldAnswer> {
  const at = receivedAt ?? now;
  const pair = { phoneNumber: from, ourNumber: to };
  const { rows } = await db.query<{ contact_id: string }>(
    'SELECT contact_id FROM contact WHERE phone_number = $1',
    [from],
  );
  const texts = await readCampaignTexts(db, [pair], new Date(at.getTime() - withinDays * DAY_MS));
  return {
    message: 'received',
    replyId: part === undefined ? inboundCommandId(carrier, carrierMessageId) : null,
    contactId: rows[0]?.contact_id ?? null,
    campaignId: answeredText(at, texts.get(keyOf(pair)) ?? [], withinDays)?.campaignId ?? null,
  };
}
