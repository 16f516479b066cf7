import type { Transaction } from '#shared/postgres/pool.ts';
import type { Message } from '#shared/sending/message-state.ts';

/** Calls that a carrier has, or may have, and that are not known to be over; see the index `attempt_call_under_way`. */
export const UNDER_WAY = `attempt.channel = 'voice' AND attempt.over_at IS NULL
  AND attempt.state IN ('posting', 'ambiguous', 'accepted')`;

/** What is under way while a claim lasts, what it lets through itself included. */
export class CallsUnderWay {
  readonly #called: Set<string>;
  readonly #byCampaign: Map<string, number>;
  #total: number;

  constructor(
    called: Iterable<string>,
    byCampaign: Iterable<[campaignId: string, calls: number]>,
    total: number,
  ) {
    this.#called = new Set(called);
    this.#byCampaign = new Map(byCampaign);
    this.#total = total;
  }

  get total(): number {
    return this.#total;
  }

  isCalled(phone: string): boolean {
    return this.#called.has(phone);
  }

  ofCampaign(campaignId: string): number {
    return this.#byCampaign.get(campaignId) ?? 0;
  }

  add(message: Pick<Message, 'phoneNumber' | 'campaignId'>): void {
    this.#called.add(message.phoneNumber);
    this.#change(message, 1);
  }

  remove(message: Pick<Message, 'phoneNumber' | 'campaignId'>): void {
    this.#called.delete(message.phoneNumber);
    this.#change(message, -1);
  }

  #change({ campaignId }: Pick<Message, 'campaignId'>, calls: 1 | -1): void {
    this.#total += calls;
    if (campaignId !== null) this.#byCampaign.set(campaignId, this.ofCampaign(campaignId) + calls);
  }
}

/**
 * As it stands when everybody else who was letting calls through has said which, and until this transaction ends nobody else
 * does. Calls under way are few: as many as may be at once.
 */
export async function lockUnderWay(tx: Transaction): Promise<CallsUnderWay> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtext('calls under way'))`);
  const { rows } = await tx.query<{ phone_number: string; campaign_id: string | null }>(
    `SELECT attempt.phone_number, message.campaign_id
       FROM attempt LEFT JOIN message ON message.message_id = attempt.message_id WHERE ${UNDER_WAY}`,
  );
  const byCampaign = new Map<string, number>();
  for (const { campaign_id } of rows) {
    if (campaign_id !== null) byCampaign.set(campaign_id, (byCampaign.get(campaign_id) ?? 0) + 1);
  }
  return new CallsUnderWay(
    rows.map(({ phone_number }) => phone_number),
    byCampaign,
    rows.length,
  );
}

/** How many calls each of these campaigns may have under way at once; one that is absent: as many as all together. */
export async function readMostCalls(
  tx: Transaction,
  campaigns: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (campaigns.length === 0) return new Map();
  const { rows } = await tx.query<{ campaign_id: string; most: number | null }>(
    `SELECT campaign_id, (definition -> 'call' ->> 'concurrentCalls')::int AS most
       FROM campaign WHERE campaign_id = ANY ($1)`,
    [campaigns],
  );
  return new Map(rows.flatMap(({ campaign_id, most }) => (most === null ? [] : [[campaign_id, most]])));
}
