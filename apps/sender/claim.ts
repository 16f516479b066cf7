import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import { blockSuppressed } from '#shared/messages/block-suppressed.ts';
import { inTransaction, type Pool, type Transaction } from '#shared/postgres/pool.ts';
import type { Next } from './claim-rules.ts';
import { nextSendable } from './invalid-numbers.ts';
import type { Message } from './message-state.ts';
import { lockPhones } from './phone-work.ts';

/** A message with the attempt that was written for its request. */
export interface Claimed {
  attemptId: string;
  message: Message;
}

export type ClaimResult =
  | {
      kind: 'claimed';
      /** Requests to make now. */
      claimed: readonly Claimed[];
      /** What the other phones wait for. A phone that does not exist has nothing. */
      others: ReadonlyMap<string, Exclude<Next, { kind: 'send' }>>;
      blocked: number;
    }
  /** We may not have heard a STOP: nothing is sent before we know. */
  | { kind: 'in_doubt' };

export interface ClaimRequest {
  phones: readonly string[];
  carrier: CarrierName;
  /** Business time. */
  now: Date;
  /** Silence of the gateway, in ms, after which we do not know what people texted. */
  inboundDoubtMs: number;
  newId: () => string;
}

/**
 * Thrown when the claim failed after its attempts were written: whether they were committed is unknown. No request
 * was made, so recording each of them as not sent is right in both cases.
 */
export class ClaimInDoubt extends Error {
  readonly claimed: readonly Claimed[];

  constructor(claimed: readonly Claimed[], cause: unknown) {
    super('a claim failed at its end', { cause });
    this.name = 'ClaimInDoubt';
    this.claimed = claimed;
  }
}

/**
 * Claims the next message of each phone, in one transaction with as many statements for one phone as for a hundred.
 *
 * The lock on a phone's row excludes a STOP, another claim, a record and a new message of that phone. A STOP that
 * committed before is seen here; one that comes after sees the attempts written here, and waits for them.
 */
export async function claim(pool: Pool, request: ClaimRequest): Promise<ClaimResult> {
  let written: Claimed[] = [];
  try {
    return await inTransaction(pool, async (tx) => {
      await lockPhones(tx, request.phones);
      if (!(await hearing(tx, request))) return { kind: 'in_doubt' };
      const blocked = await blockSuppressed(tx, request.phones);
      const next = await nextSendable(tx, request.phones, request.now);
      const others = new Map<string, Exclude<Next, { kind: 'send' }>>();
      const claimed: Claimed[] = [];
      for (const [phone, each] of next) {
        if (each.kind === 'send') claimed.push({ attemptId: request.newId(), message: each.message });
        else others.set(phone, each);
      }
      written = claimed;
      await writeAttempts(tx, claimed, request.carrier);
      return { kind: 'claimed', claimed, others, blocked };
    });
  } catch (error) {
    if (written.length === 0) throw error;
    throw new ClaimInDoubt(written, error);
  }
}

/** Whether we hear what people text: a gateway listened lately, and no outage waits for its sweep. */
async function hearing(tx: Transaction, request: ClaimRequest): Promise<boolean> {
  const { rowCount } = await tx.query(
    `SELECT FROM inbound_watch
      WHERE carrier = $1 AND outage_since IS NULL
        AND alive_at > clock_timestamp() - $2 * interval '1 millisecond'`,
    [request.carrier, request.inboundDoubtMs],
  );
  return rowCount === 1;
}

async function writeAttempts(
  tx: Transaction,
  claimed: readonly Claimed[],
  carrier: CarrierName,
): Promise<void> {
  if (claimed.length === 0) return;
  await tx.query(
    `WITH claimed AS (
       UPDATE message SET state = 'posting', attempts = attempts + 1, due_at = NULL, rule = NULL
         FROM unnest($1::uuid[], $2::uuid[]) AS wanted(message_id, attempt_id)
        WHERE message.message_id = wanted.message_id
       RETURNING wanted.attempt_id, message.message_id, message.phone_number, message.sender_number)
     INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state)
     SELECT attempt_id, message_id, phone_number, $3, sender_number, 'posting' FROM claimed`,
    [claimed.map(({ message }) => message.messageId), claimed.map(({ attemptId }) => attemptId), carrier],
  );
}
