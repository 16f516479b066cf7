import type { Definition } from '#shared/campaigns/definition.ts';
import { ofItsChannel } from '#shared/campaigns/whatsapp.ts';
import type { Channel } from '#shared/compliance/touch.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import { type SenderAddress, senderAddress } from '#shared/phone/sender-address.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { type CampaignSender, readCampaignSenders, type SendsFrom } from './campaign-senders.ts';
import { chooseSender } from './choose.ts';
import { CARRIER_NOT_SET_UP, CARRIER_PAUSED, DAILY_CAP, OTHER_CHANNEL, SENDER_HALTED } from './rules.ts';

export type Route =
  | { kind: 'from'; senderNumber: SenderAddress; carrier: CarrierName }
  /** Nothing goes to them now, because of the numbers. `until`: business time. */
  | { kind: 'held'; rule: string; until: Date };

/** Whoever waits for a number that is halted, or whose carrier is not set up, is looked at again after so long, in ms. */
const HALTED_MS = 5 * 60_000;
/** The same for a number whose carrier pauses: that ends by itself. */
const PAUSED_MS = 60_000;

/** What is left of a day, counted down as messages are planned. */
class DaysLeft {
  readonly #numbers = new Map<string, number>();
  readonly #pools = new Map<string, number>();

  constructor(senders: readonly CampaignSender[], outstanding: ReadonlyMap<string, number>) {
    for (const { dayLeft, pool, poolDayLeft, senderNumber } of senders) {
      const waiting = outstanding.get(senderNumber) ?? 0;
      if (dayLeft !== null) this.#numbers.set(senderNumber, dayLeft - waiting);
      if (pool === null || poolDayLeft === null) continue;
      this.#pools.set(pool, (this.#pools.get(pool) ?? poolDayLeft) - waiting);
    }
  }

  /** A text that is longer than a whole day goes as the first of a day: it would never go else. */
  has({ dayCap, pool, poolDayCap, senderNumber }: CampaignSender, segments: number): boolean {
    const own = this.#numbers.get(senderNumber);
    const pooled = pool === null ? undefined : this.#pools.get(pool);
    return holds(own, dayCap, segments) && holds(pooled, poolDayCap, segments);
  }

  take({ pool, senderNumber }: CampaignSender, segments: number): void {
    const own = this.#numbers.get(senderNumber);
    if (own !== undefined) this.#numbers.set(senderNumber, own - segments);
    const pooled = pool === null ? undefined : this.#pools.get(pool);
    if (pool !== null && pooled !== undefined) this.#pools.set(pool, pooled - segments);
  }
}

const holds = (left: number | undefined, cap: number | null, segments: number): boolean =>
  left === undefined || (left > 0 && left >= Math.min(segments, cap ?? segments));

/**
 * From which number each contact of a batch is written to. Whoever was written to from a number of the pool before is again,
 * as long as it is in the pool, not halted, and its carrier is set up; while that pauses, another number stands in. Whoever was not
 * gets one by their number, and keeps it. A day that is used up makes people wait, and moves nobody to another number. Pure but
 * for its makers.
 */
export class Routes {
  readonly #pool: string | null;
  readonly #senders: readonly CampaignSender[];
  readonly #kept: ReadonlyMap<string, string>;
  readonly #left: DaysLeft;
  readonly #now: Date;
  readonly #othersOnly: boolean;
  readonly #chosen = new Map<string, string>();

  constructor(parts: {
    pool: string | null;
    senders: readonly CampaignSender[];
    /** Numbers that people of this batch were written to from before, by their phones. */
    kept: ReadonlyMap<string, string>;
    /** Segments that are planned and have not gone, by number. */
    outstanding: ReadonlyMap<string, number>;
    now: Date;
    /** There are numbers, and all of them are of another channel than the campaign. Left out: no. */
    othersOnly?: boolean;
  }) {
    this.#pool = parts.pool;
    this.#senders = parts.senders;
    this.#kept = parts.kept;
    this.#left = new DaysLeft(parts.senders, parts.outstanding);
    this.#now = parts.now;
    this.#othersOnly = parts.othersOnly ?? false;
  }

  /** Those who were given a number now, to be kept. */
  get chosen(): ReadonlyMap<string, string> {
    return this.#chosen;
  }

  /** Takes what a text needs of the day of its number; a call needs nothing of it. */
  take(phone: string, { channel, segments }: { channel: Channel; segments: number }): Route {
    return channel === 'voice' ? this.#takeForCall(phone) : this.#takeForText(phone, segments);
  }

  #takeForCall(phone: string): Route {
    const callers = this.#senders.filter(({ canCall, halted, isSetUp }) => canCall && isSetUp && !halted);
    const kept = this.#kept.get(phone);
    const sender = callers.find(({ senderNumber }) => senderNumber === kept) ?? chooseSender(phone, callers);
    if (sender === null) return this.#stopped(this.#senders.filter(({ canCall }) => canCall));
    // Whoever has a number for texts that cannot call, or not now, keeps it for texts.
    if (this.#pool !== null && kept === undefined) this.#chosen.set(phone, sender.senderNumber);
    return { kind: 'from', senderNumber: senderAddress(sender.senderNumber), carrier: sender.carrier };
  }

  #takeForText(phone: string, segments: number): Route {
    const going = this.#senders.filter(({ halted, isSetUp }) => !halted && isSetUp);
    const healthy = going.filter(({ carrierPaused }) => !carrierPaused);
    const kept = going.find(({ senderNumber }) => senderNumber === this.#kept.get(phone));
    const own = kept?.carrierPaused === false ? kept : undefined;
    const candidates =
      this.#pool === null ? healthy : healthy.filter((each) => this.#left.has(each, segments));
    const sender = own ?? chooseSender(phone, candidates);
    if (sender !== null && this.#left.has(sender, segments)) {
      this.#left.take(sender, segments);
      // A carrier that pauses goes on by itself: another number stands in, and does not take the place of theirs.
      if (this.#pool !== null && kept === undefined) this.#chosen.set(phone, sender.senderNumber);
      return { kind: 'from', senderNumber: senderAddress(sender.senderNumber), carrier: sender.carrier };
    }
    const ends = healthy.flatMap(({ dayEnds }) => dayEnds?.getTime() ?? []);
    if (healthy.length > 0 && ends.length > 0) {
      return { kind: 'held', rule: DAILY_CAP, until: new Date(Math.min(...ends)) };
    }
    if (going.length > healthy.length) {
      return { kind: 'held', rule: CARRIER_PAUSED, until: new Date(this.#now.getTime() + PAUSED_MS) };
    }
    return this.#stopped(this.#senders);
  }

  /** None of these may be used. One that is only halted comes back sooner than a carrier is set up. */
  #stopped(senders: readonly CampaignSender[]): Route {
    const rule = this.#othersOnly
      ? OTHER_CHANNEL
      : senders.length > 0 && senders.every(({ isSetUp }) => !isSetUp)
        ? CARRIER_NOT_SET_UP
        : SENDER_HALTED;
    return { kind: 'held', rule, until: new Date(this.#now.getTime() + HALTED_MS) };
  }
}

/** For phones whose rows are locked, in a few statements whatever their number. `now`: business time. */
export async function readRoutes(
  tx: Transaction,
  definition: Pick<Definition, 'senderNumbers' | 'senderPool' | 'variants'>,
  phones: readonly string[],
  { now, ...from }: SendsFrom & { now: Date },
): Promise<Routes> {
  // Of a pool whose numbers were exchanged for some of the other channel nothing goes.
  const all = await readCampaignSenders(tx, definition, from, now);
  const senders = ofItsChannel(definition, all);
  const { senderPool: pool } = definition;
  const kept = new Map<string, string>();
  if (pool !== null && phones.length > 0) {
    const { rows } = await tx.query<{ phone_number: string; sender_number: string }>(
      'SELECT phone_number, sender_number FROM sticky_sender WHERE pool = $1 AND phone_number = ANY ($2)',
      [pool, phones],
    );
    for (const row of rows) kept.set(row.phone_number, row.sender_number);
  }
  const capped = senders.filter((each) => each.dayLeft !== null || each.poolDayLeft !== null);
  const outstanding = await readOutstanding(
    tx,
    capped.map(({ senderNumber }) => senderNumber),
  );
  const othersOnly = senders.length === 0 && all.length > 0;
  return new Routes({ pool, senders, kept, outstanding, now, othersOnly });
}

/** Segments that wait to go from numbers, by number. What is queued is what the runways of campaigns allow. */
async function readOutstanding(
  tx: Transaction,
  numbers: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (numbers.length === 0) return new Map();
  const { rows } = await tx.query<{ sender_number: string; segments: number }>(
    `SELECT sender_number, sum(coalesce(segments, 1))::float8 AS segments FROM message
      WHERE state = 'queued' AND lane = 'bulk' AND channel = 'sms' AND sender_number = ANY ($1) GROUP BY sender_number`,
    [numbers],
  );
  return new Map(rows.map((row) => [row.sender_number, row.segments]));
}

/** Keeps which number of a pool people are written to from. The phones' rows are locked. */
export async function keepSenders(
  tx: Transaction,
  pool: string | null,
  chosen: ReadonlyMap<string, string>,
): Promise<void> {
  if (pool === null || chosen.size === 0) return;
  await tx.query(
    `INSERT INTO sticky_sender (pool, phone_number, sender_number)
     SELECT $1, phone_number, sender_number FROM unnest($2::text[], $3::text[]) AS given(phone_number, sender_number)
      ORDER BY phone_number
     ON CONFLICT (pool, phone_number) DO UPDATE SET sender_number = excluded.sender_number`,
    [pool, [...chosen.keys()], [...chosen.values()]],
  );
}
