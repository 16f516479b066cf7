import { Temporal } from 'temporal-polyfill';
import { isBusinessDay } from './holidays.ts';
import { type LocalDay, localDay } from './local-day.ts';
import { startOfLocalTime } from './location/zone.ts';

/** The zone in which the day of receipt is taken and the last day ends, for everybody. */
export const DEADLINE_ZONE = 'America/New_York';

/** 47 CFR 64.1200(a)(10) and (11): a reasonable time, not to exceed ten business days from receipt. */
export const OPT_OUT_BUSINESS_DAYS = 10;

/** The last day on which a revocation received on `received` may be carried out. The day of receipt does not count. */
export function lastDayToHonour(received: LocalDay, businessDays: number = OPT_OUT_BUSINESS_DAYS): LocalDay {
  let day = received;
  for (let left = businessDays; left > 0; left -= 1) {
    do day += 1;
    while (!isBusinessDay(day));
  }
  return day;
}

/**
 * By when a revocation that came in through a manual channel (voice mail, e-mail, web, agent) must be carried out, in
 * ms since the epoch, exclusive: the end of the last day, US Eastern. It drives an alarm. What comes by text or key
 * press takes effect at once and has no deadline.
 */
export function optOutDeadline(receivedAt: number): number {
  const { year, month, day } =
    Temporal.Instant.fromEpochMilliseconds(receivedAt).toZonedDateTimeISO(DEADLINE_ZONE);
  return startOfLocalTime(DEADLINE_ZONE, lastDayToHonour(localDay(year, month, day)) + 1, 0);
}
