import { z } from 'zod';
import type { LocalWindow } from '#shared/compliance/hours/local-hours.ts';

/** When a campaign wants to be heard, as people write it: days of the week and times of the day, where the contact is. */

const TIME = /^([01]\d|2[0-3]):([0-5]\d)$/;

const timeSchema = z.string().regex(TIME, 'must be a time of the day, like 09:00');

export const windowSchema = z
  .strictObject({
    /** 1 is Monday. */
    days: z.array(z.int().min(1).max(7)).min(1).max(7),
    from: timeSchema,
    /** Not included. Before `from`: on the next day. */
    to: timeSchema,
  })
  .refine(({ from, to }) => from !== to, 'begins and ends at the same time: that is no window');
export type CampaignWindow = z.infer<typeof windowSchema>;

/** As the gate knows windows. */
export const localWindow = ({ days, from, to }: CampaignWindow): LocalWindow => ({
  days: [...new Set(days)],
  from: minutesOf(from),
  to: minutesOf(to),
});

function minutesOf(time: string): number {
  const [, hours, minutes] = TIME.exec(time) ?? [];
  return Number(hours) * 60 + Number(minutes);
}
