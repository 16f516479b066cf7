import { z } from 'zod';
import type { CampaignFault, Definition } from './definition.ts';

/**
 * A campaign that is spread evenly over a time. Everybody of its audience has a turn, and turns come at one pace: that of the whole
 * audience over the whole time. Whoever turns out to get nothing (no consent, no value that the text needs) has a turn as well,
 * so that it takes as long whatever they are, and nobody is written to faster. Only time counts in which somebody who is
 * left may be written to, by the hours where they are. A pause does not count, and is not made up for.
 */

/** 30 days. */
const LONGEST_SPREAD_MINUTES = 43_200;

export const spreadOverMinutesSchema = z.int().min(1).max(LONGEST_SPREAD_MINUTES);

/** Turns a second. `contacts`: of the audience, as it was put together. */
export const spreadRate = (contacts: number, minutes: number): number =>
  Math.max(1, contacts) / (minutes * 60);

/** Over so much time, in ms, contacts became due that wait for a turn: the order in which they get it, and nothing else. */
const ORDER_MS = 3_600_000;

/**
 * Since when a contact waits for its turn, in SQL: in an order by chance, so that those who get nothing are among the others as they
 * come, and not one after another as they were imported. It is another chance than the one that draws variants. `campaignId`,
 * `contactId` and `now` are SQL.
 */
export const waitsSinceSql = (campaignId: string, contactId: string, now: string): string =>
  `${now}::timestamptz - (('x' || left(md5(${contactId}::text || ${campaignId}::uuid::text), 8))::bit(32)::bigint
      % ${ORDER_MS}) * interval '1 millisecond'`;

/** Of what the time of a campaign leaves no room for, and of two paces at once. */
export function spreadFaults(
  { messagesPerSecond, spreadOverMinutes }: Pick<Definition, 'messagesPerSecond' | 'spreadOverMinutes'>,
  { endAt, now, startAt }: { startAt: Date | null; endAt: Date | null; now: Date },
): CampaignFault[] {
  if (spreadOverMinutes === null) return [];
  const pointer = '/spreadOverMinutes';
  const begins = Math.max(startAt?.getTime() ?? 0, now.getTime());
  const minutes = endAt === null ? Infinity : (endAt.getTime() - begins) / 60_000;
  return [
    ...(messagesPerSecond === null
      ? []
      : [{ pointer, message: 'takes the place of messagesPerSecond: leave one of them out' }]),
    ...(minutes < spreadOverMinutes
      ? [
          {
            pointer,
            message: `is more than the ${Math.max(0, Math.floor(minutes))} minutes from its start to its end`,
          },
        ]
      : []),
  ];
}
