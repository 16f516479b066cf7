import type { Clock } from '#shared/clock.ts';
import type { Telling } from '#shared/consent/record.ts';
import type { Standings } from '#shared/consent/standing.ts';
import { readStandings } from '#shared/consent/store.ts';
import type { SuppressionCache } from '#shared/consent/suppression-cache.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import { lockPhones } from '#shared/phone/lock-phones.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { Queryable, Transaction } from '#shared/postgres/pool.ts';
import type { ServiceName } from '#shared/topology.ts';

/** What operations on consent work with. */
export interface ConsentParts {
  clock: Clock;
  /** The service in whose slot outbox the dialog is told: the one that this is, which relays it. */
  producer: ServiceName;
  /** Names under which somebody who was erased is still on record. */
  pseudonyms: Pseudonyms;
  /** What plans in bulk asks about suppressions; left out, its answers are late by as long as it keeps them. */
  cache?: Pick<SuppressionCache, 'changing'>;
}

export const tellingOf = ({ cache, clock, producer, pseudonyms }: ConsentParts): Telling => ({
  teller: producer,
  now: clock.now(),
  pseudonyms,
  ...(cache === undefined ? {} : { cache }),
});

export const standingsOf = async (
  db: Queryable,
  phone: PhoneNumber,
  { pseudonyms }: Pick<ConsentParts, 'pseudonyms'>,
): Promise<Standings> => (await readStandings(db, [phone], pseudonyms)).get(phone) ?? new Map();

/** The same with the phone locked to the end of the transaction: nothing changes them meanwhile. */
export async function lockStandings(
  tx: Transaction,
  phone: PhoneNumber,
  parts: Pick<ConsentParts, 'pseudonyms'>,
): Promise<Standings> {
  await lockPhones(tx, [phone]);
  return standingsOf(tx, phone, parts);
}

/** For the audit log: the status by scope. */
export const auditedStandings = (standings: Standings): Record<string, string> =>
  Object.fromEntries([...standings].map(([scope, { status }]) => [scope, status]));
