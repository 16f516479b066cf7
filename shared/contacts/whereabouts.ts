import type { Transaction } from '#shared/postgres/pool.ts';

/** What is known of where a contact is. */
export interface Whereabouts {
  timeZone: string | null;
  state: string | null;
  postalCode: string | null;
}

/**
 * Tells the row of a phone, where every judgement reads it, that what is known of where a contact is has changed. What is
 * not known any more leaves the row where it came from here; what a person said in a dialog stays. The phone's row, if
 * there is one, is locked. `before`: null of a new contact.
 */
export async function tellWhereabouts(
  tx: Transaction,
  phoneNumber: string,
  before: Whereabouts | null,
  after: Whereabouts,
): Promise<void> {
  const was: Whereabouts = before ?? { timeZone: null, state: null, postalCode: null };
  if (was.timeZone === after.timeZone && was.state === after.state && was.postalCode === after.postalCode) {
    return;
  }
  const became = (column: string, from: string, to: string): string =>
    `${column} = CASE WHEN ${to}::text IS NOT DISTINCT FROM ${from}::text THEN ${column}
                      WHEN ${to} IS NOT NULL OR ${column} = ${from} THEN ${to} ELSE ${column} END`;
  await tx.query(
    `UPDATE phone SET ${became('time_zone', '$2', '$5')}, ${became('state', '$3', '$6')},
            ${became('postal_code', '$4', '$7')}
      WHERE phone_number = $1`,
    [phoneNumber, was.timeZone, was.state, was.postalCode, after.timeZone, after.state, after.postalCode],
  );
}

/**
 * Puts into the row of a phone, which is made where there is none and locked, what its contact says of where the person is: whoever was never
 * written to has no row that `tellWhereabouts` could have told. What stands there stays.
 */
export async function takeWhereabouts(tx: Transaction, phoneNumber: string): Promise<void> {
  await tx.query(
    `INSERT INTO phone AS known (phone_number, time_zone, state, postal_code)
     SELECT phone_number, time_zone, state, postal_code FROM contact WHERE phone_number = $1
     ON CONFLICT (phone_number) DO UPDATE
        SET time_zone = coalesce(known.time_zone, excluded.time_zone), state = coalesce(known.state, excluded.state),
            postal_code = coalesce(known.postal_code, excluded.postal_code)`,
    [phoneNumber],
  );
}
