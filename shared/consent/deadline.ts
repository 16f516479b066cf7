import { Temporal } from 'temporal-polyfill';
import { DEADLINE_ZONE, optOutDeadline } from '#shared/compliance/opt-out-deadline.ts';

/**
 * The last day, YYYY-MM-DD in US Eastern time, on which a revocation received at this instant may be carried out: ten
 * business days (47 CFR 64.1200(a)(10)). An alarm for what people have to do; suppression does not wait for it.
 */
export const lastDayToHonour = (receivedAt: Date): string =>
  Temporal.Instant.fromEpochMilliseconds(optOutDeadline(receivedAt.getTime()) - 1)
    .toZonedDateTimeISO(DEADLINE_ZONE)
    .toPlainDate()
    .toString();

/** The day, YYYY-MM-DD in US Eastern time, so many days after that of an instant: to compare deadlines with. */
export const dayAfter = (instant: Date, days: number): string =>
  Temporal.Instant.fromEpochMilliseconds(instant.getTime())
    .toZonedDateTimeISO(DEADLINE_ZONE)
    .toPlainDate()
    .add({ days })
    .toString();
