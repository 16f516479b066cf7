import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';
import { messageOf } from '#shared/errors.ts';

/** Where somebody wants business time to be. Pure: no clock but `now`. */
export type Target = { kind: 'target'; at: number } | { kind: 'refused'; problem: string };

const USES =
  'a skip is {"to": "09:00", "zone": "America/Chicago"}, {"to": "2026-11-27T15:00:00Z"} or {"by": "PT10M"}';

const requestSchema = z.union([
  z.strictObject({ to: z.string().max(64), zone: z.string().max(64).optional() }),
  z.strictObject({ by: z.string().max(64) }),
]);

const TIME_OF_DAY = /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/;
/** Time does not go back, and a slip of the pen should not cost a data folder. */
const FURTHEST = { days: 366 };

/** Reads a request; `now` is business time, in ms. The target is later than `now`, or it is refused with what is wrong. */
export function readTarget(request: unknown, now: number): Target {
  const parsed = requestSchema.safeParse(request);
  if (!parsed.success) return refused(USES);
  try {
    const from = Temporal.Instant.fromEpochMilliseconds(now);
    return judged(targetOf(parsed.data, from), from);
  } catch (error) {
    // What Temporal throws for a text that it cannot read; there is no way to ask first.
    if (error instanceof RangeError) return refused(`${messageOf(error)}; ${USES}`);
    throw error;
  }
}

function targetOf(request: z.infer<typeof requestSchema>, now: Temporal.Instant): Temporal.Instant | string {
  if ('by' in request) return after(now, Temporal.Duration.from(request.by));
  const { to, zone } = request;
  if (TIME_OF_DAY.test(to)) {
    if (zone === undefined) return `a time of day needs a zone, as America/Chicago; ${USES}`;
    if (/^[+-]/.test(zone)) return `${zone} is no zone: name one, as America/Chicago`;
    return nextLocalTime(now, Temporal.PlainTime.from(to), zone);
  }
  return zone === undefined ? Temporal.Instant.from(to) : `an instant needs no zone; ${USES}`;
}

function judged(target: Temporal.Instant | string, now: Temporal.Instant): Target {
  if (typeof target === 'string') return refused(target);
  if (Temporal.Instant.compare(target, now) <= 0) {
    return refused(`time only goes forward, and it is ${now} already`);
  }
  if (Temporal.Instant.compare(target, after(now, Temporal.Duration.from(FURTHEST))) > 0) {
    return refused(`${target} is more than ${FURTHEST.days} days ahead, and time does not go back`);
  }
  return { kind: 'target', at: target.epochMilliseconds };
}

/** Days and longer are those of UTC: 24 hours each. */
const after = (now: Temporal.Instant, duration: Temporal.Duration): Temporal.Instant =>
  now.toZonedDateTimeISO('UTC').add(duration).toInstant();

/**
 * The first instant after `now` at which clocks there show that time. On a day without it, when clocks go forward over
 * it, the time that they show instead, as far behind the gap; on a day that has it twice, either counts.
 */
function nextLocalTime(now: Temporal.Instant, time: Temporal.PlainTime, zone: string): Temporal.Instant {
  const today = now.toZonedDateTimeISO(zone).toPlainDate();
  for (let day = today; ; day = day.add({ days: 1 })) {
    const local = day.toPlainDateTime(time);
    const [earlier, later] = (['earlier', 'later'] as const).map((disambiguation) =>
      local.toZonedDateTime(zone, { disambiguation }),
    );
    if (!earlier || !later) throw new Error('two zoned times');
    const exists = earlier.toPlainTime().equals(time);
    const found = (exists ? [earlier, later] : [later])
      .map((each) => each.toInstant())
      .find((each) => Temporal.Instant.compare(each, now) > 0);
    if (found) return found;
  }
}

const refused = (problem: string): Target => ({ kind: 'refused', problem });
