import type { Clock } from '#shared/clock.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { Queryable } from '#shared/postgres/pool.ts';

/** How long an opt-out waits for requests to the carrier that began before it. */
export const IN_FLIGHT_WAIT_MS = 8_000;
/**
 * After this a request is certainly over: it starts within 2 s of its attempt and ends within 5 s of its start. An
 * attempt still `posting` then was left by a process that died.
 */
export const LONGEST_REQUEST_MS = 7_000;
/**
 * The same for a message that is left on a machine: its request starts within 1 s of its beginning (apps/gateway/calls/machine.ts) and
 * ends within 5 s of its start.
 */
export const LONGEST_LEAVING_MS = 6_000;
const POLL_MS = { first: 25, most: 400 };

/**
 * Resolves when no request to the carrier for this phone is on its way, or after 8 s. To be called after the opt-out
 * is committed: from then on no new one starts. Returns whether all had ended.
 */
export async function waitForRequestsInFlight(
  db: Queryable,
  clock: Clock,
  phoneNumber: PhoneNumber,
): Promise<boolean> {
  const deadline = clock.monotonic() + IN_FLIGHT_WAIT_MS;
  let pause = POLL_MS.first;
  while (await anyInFlight(db, phoneNumber)) {
    const left = deadline - clock.monotonic();
    if (left <= 0) return false;
    await clock.sleep(Math.min(pause, left));
    pause = Math.min(POLL_MS.most, pause * 2);
  }
  return true;
}

async function anyInFlight(db: Queryable, phoneNumber: PhoneNumber): Promise<boolean> {
  const { rowCount } = await db.query(
    `SELECT FROM attempt
      WHERE phone_number = $1 AND state = 'posting'
        AND posted_at > clock_timestamp() - $2 * interval '1 millisecond'
     UNION ALL
     -- A call that is over says nothing any more.
     SELECT FROM attempt
      WHERE phone_number = $1 AND channel = 'voice' AND over_at IS NULL AND state IN ('posting', 'ambiguous', 'accepted')
        AND machine_left_at IS NULL AND machine_heard_at > clock_timestamp() - $3 * interval '1 millisecond'
      LIMIT 1`,
    [phoneNumber, LONGEST_REQUEST_MS, LONGEST_LEAVING_MS],
  );
  return rowCount === 1;
}
