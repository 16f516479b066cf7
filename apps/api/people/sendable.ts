import { decide } from '#shared/compliance/gate.ts';
import type { GateConfig } from '#shared/compliance/gate-config.ts';
import type { PlaceSource } from '#shared/compliance/location/locate.ts';
import type { Channel, Intent } from '#shared/compliance/touch.ts';
import { WHOLE_SENDER } from '#shared/consent/change.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import { untilOf } from '#shared/gate/judge.ts';
import { type PersonFacts, readFacts } from '#shared/gate/read-facts.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { inSnapshot, type Pool, type Transaction } from '#shared/postgres/pool.ts';
import { suppressionsOf } from '../suppressions/store.ts';

/** What the gate would say of one kind of message or call, were it asked now. */
export interface Sendable {
  channel: Channel;
  intent: Intent;
  verdict: 'send' | 'hold' | 'block';
  rule: string;
  until: Date | null;
}

export interface Sendables {
  items: Sendable[];
  /** IANA names of where they may be; of several the strictest counts. */
  zones: readonly string[];
  zoneSource: PlaceSource;
}

/** What one may want to send somebody, but for an answer. */
const planned = [
  { channel: 'sms', intent: 'transactional' },
  { channel: 'sms', intent: 'marketing' },
  { channel: 'voice', intent: 'transactional' },
  { channel: 'voice', intent: 'marketing' },
] as const;

/**
 * What may be sent to a number now, and why not: an answer to their newest text, information and marketing, by text and by
 * call. Nothing is locked and nothing is kept: whatever goes is judged again when it goes. About no topic; the hours of a
 * campaign come on top.
 */
export async function sendablesOf(
  pool: Pool,
  phone: PhoneNumber,
  { config, now, pseudonyms }: { config: GateConfig; now: Date; pseudonyms: Pseudonyms },
): Promise<Sendables> {
  const { answers, facts } = await inSnapshot(pool, async (tx) => ({
    answers: await newestText(tx, phone),
    facts:
      (await readFacts(tx, [phone], now, pseudonyms)).get(phone) ??
      (await factsWithoutPhone(tx, phone, pseudonyms)),
  }));
  const judged = (channel: Channel, intent: Intent, cause: Date | null) => {
    const decision = decide(
      {
        channel,
        intent,
        topic: null,
        cause: cause?.getTime() ?? null,
        notAfter: null,
        artificialVoice: channel === 'voice',
        windows: null,
        needsWindow: false,
      },
      { ...facts, sentForCause: 0, overtaken: false, carrierConfirmed: false, windowClosesAt: null },
      now.getTime(),
      config,
    );
    const { inputs, rule, verdict } = decision;
    return { inputs, item: { channel, intent, verdict, rule, until: untilOf(decision) } };
  };
  const all = [
    ...(answers === null ? [] : [judged('sms', 'reply', answers)]),
    ...planned.map(({ channel, intent }) => judged(channel, intent, null)),
  ];
  const where = all[0]?.inputs.location;
  return {
    items: all.map(({ item }) => item),
    zones: where?.zones ?? [],
    zoneSource: where?.zoneSource ?? 'none',
  };
}

async function newestText(tx: Transaction, phone: PhoneNumber): Promise<Date | null> {
  const { rows } = await tx.query<{ at: Date }>(
    'SELECT received_at AS at FROM reply WHERE phone_number = $1 ORDER BY received_at DESC LIMIT 1',
    [phone],
  );
  return rows[0]?.at ?? null;
}

/** A number that nothing was ever sent to has no row of its own yet: as the first message would find it. */
async function factsWithoutPhone(
  tx: Transaction,
  phone: PhoneNumber,
  pseudonyms: Pseudonyms,
): Promise<PersonFacts> {
  const { rows } = await tx.query<{ zone: string | null; state: string | null; postalCode: string | null }>(
    `SELECT time_zone AS zone, state, postal_code AS "postalCode" FROM contact WHERE phone_number = $1`,
    [phone],
  );
  const suppressed = await suppressionsOf(tx, [phone, ...pseudonyms.allOf(phone)]);
  return {
    phoneNumber: phone,
    ...(rows[0] ?? { zone: null, state: null, postalCode: null }),
    suppressions: suppressed.map(({ scope }) => ({ topic: scope === WHOLE_SENDER ? null : scope })),
    consent: { status: 'none', grants: [] },
    marketingTouches: [],
    doNotCall: null,
    reassigned: null,
  };
}
