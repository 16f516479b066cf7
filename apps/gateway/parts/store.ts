import type { InboundMedia, InboundMessage } from '#shared/carriers/carrier.ts';
import { type HeldPart, joinParts, type MessagePart, PART_WAIT_MS } from '#shared/carriers/parts.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import { lockPhones } from '#shared/phone/lock-phones.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { senderAddress } from '#shared/phone/sender-address.ts';
import { inTransaction, type Pool, type Queryable, type Transaction } from '#shared/postgres/pool.ts';

/** What a part came to when it was kept. */
export type Kept =
  /** The others are missing. */
  | { kind: 'waiting' }
  /** The stream has the text already. */
  | { kind: 'taken_in' }
  /** The text, to be taken in and then marked so. */
  | { kind: 'joined'; message: InboundMessage };

interface Row {
  carrier: CarrierName;
  carrier_message_id: string;
  phone_number: string;
  our_number: string;
  reference: string;
  number: number;
  count: number;
  body: string;
  media: InboundMedia[];
  received_at: Date;
  heard_at: Date;
  joined_as: string | null;
  taken_in_at: Date | null;
}

const COLUMNS = `carrier, carrier_message_id, phone_number, our_number, reference, number, count, body, media,
  received_at, heard_at, joined_as, taken_in_at`;

const heldOf = (row: Row): HeldPart => ({
  reference: row.reference,
  number: row.number,
  count: row.count,
  carrierMessageId: row.carrier_message_id,
  body: row.body,
  receivedAt: row.received_at,
  heardAt: row.heard_at,
});

/**
 * Keeps a part and says what it came to, in one transaction under the lock on the person's phone: of two parts that come at
 * the same moment one finds the other. A part that is kept already changes nothing. `now`: business time.
 */
export const keepPart = (
  pool: Pool,
  carrier: CarrierName,
  message: InboundMessage & { part: MessagePart },
  now: Date,
): Promise<Kept> =>
  inTransaction(pool, async (tx) => {
    const { body, carrierMessageId, from, media, part, to } = message;
    await lockPhones(tx, [from]);
    await tx.query(
      `INSERT INTO inbound_part (carrier, carrier_message_id, phone_number, our_number, reference, number, count, body, media,
                                 received_at, heard_at, due_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING`,
      [
        carrier,
        carrierMessageId,
        from,
        to,
        part.reference,
        part.number,
        part.count,
        body,
        JSON.stringify(media),
        message.receivedAt ?? now,
        now,
        new Date(now.getTime() + PART_WAIT_MS),
      ],
    );
    return settle(tx, carrier, carrierMessageId, now);
  });

/** What became of a part that is kept, whose phone is locked: decided now, if it is not yet. */
async function settle(
  tx: Transaction,
  carrier: CarrierName,
  carrierMessageId: string,
  now: Date,
): Promise<Kept> {
  const { rows: own } = await tx.query<Row>(
    `SELECT ${COLUMNS} FROM inbound_part WHERE carrier = $1 AND carrier_message_id = $2`,
    [carrier, carrierMessageId],
  );
  const [row] = own;
  // Somebody who was erased meanwhile: nothing is left to be said.
  if (row === undefined || row.taken_in_at !== null) return { kind: 'taken_in' };
  if (row.joined_as !== null) {
    const { rows: all } = await tx.query<Row>(
      `SELECT ${COLUMNS} FROM inbound_part WHERE carrier = $1 AND joined_as = $2`,
      [carrier, row.joined_as],
    );
    return { kind: 'joined', message: messageOf(all, joinParts(all.map(heldOf), now, 0)) };
  }
  const { rows: all } = await tx.query<Row>(
    `SELECT ${COLUMNS} FROM inbound_part
      WHERE phone_number = $2 AND our_number = $3 AND reference = $4 AND carrier = $1 AND count = $5 AND joined_as IS NULL`,
    [carrier, row.phone_number, row.our_number, row.reference, row.count],
  );
  const joined = joinParts(all.map(heldOf), now);
  if (joined.kind === 'waiting') return { kind: 'waiting' };
  await tx.query(
    'UPDATE inbound_part SET joined_as = $3 WHERE carrier = $1 AND carrier_message_id = ANY ($2)',
    [carrier, joined.of, joined.carrierMessageId],
  );
  return { kind: 'joined', message: messageOf(all, joined) };
}

function messageOf(rows: readonly Row[], joined: ReturnType<typeof joinParts>): InboundMessage {
  const [row] = rows;
  if (row === undefined || joined.kind !== 'joined') throw new Error('a text was joined and is not there');
  const { body, carrierMessageId, receivedAt } = joined;
  return {
    carrierMessageId,
    from: phoneNumber(row.phone_number),
    to: senderAddress(row.our_number),
    body,
    media: rows.flatMap(({ media }) => media),
    receivedAt,
    optOutType: null,
  };
}

/** The stream has the text that these are parts of. */
export async function markTakenIn(db: Queryable, carrier: CarrierName, joinedAs: string): Promise<void> {
  await db.query(
    'UPDATE inbound_part SET taken_in_at = clock_timestamp() WHERE carrier = $1 AND joined_as = $2',
    [carrier, joinedAs],
  );
}

/** The text that these are parts of could not be taken in: it is due again then (business time), behind those before. */
export async function putOff(db: Queryable, carrier: CarrierName, joinedAs: string, to: Date): Promise<void> {
  await db.query(
    'UPDATE inbound_part SET due_at = $3 WHERE carrier = $1 AND joined_as = $2 AND taken_in_at IS NULL',
    [carrier, joinedAs, to],
  );
}

/**
 * The next text whose wait is over, or that was joined by somebody who died before the stream had it; null: none. What comes
 * of two tasks that find the same is known by its id. `now`: business time.
 */
export async function nextDueText(
  pool: Pool,
  now: Date,
): Promise<{ carrier: CarrierName; kept: Kept } | null> {
  const { rows } = await pool.query<{
    carrier: CarrierName;
    carrier_message_id: string;
    phone_number: string;
  }>(
    `SELECT carrier, carrier_message_id, phone_number FROM inbound_part
      WHERE taken_in_at IS NULL AND due_at <= $1 ORDER BY due_at LIMIT 1`,
    [now],
  );
  const [due] = rows;
  if (due === undefined) return null;
  const { carrier, carrier_message_id: id, phone_number: phone } = due;
  return inTransaction(pool, async (tx) => {
    await lockPhones(tx, [phone]);
    return { carrier, kept: await settle(tx, carrier, id, now) };
  });
}

/** Forgets parts of texts that were taken in so many days ago, some at a time; returns how many. */
export async function forgetParts(db: Queryable, days: number, limit: number): Promise<number> {
  const { rowCount } = await db.query(
    `DELETE FROM inbound_part WHERE (carrier, carrier_message_id) IN (
       SELECT carrier, carrier_message_id FROM inbound_part
        WHERE taken_in_at < clock_timestamp() - $1 * interval '1 day' LIMIT $2)`,
    [days, limit],
  );
  return rowCount ?? 0;
}
