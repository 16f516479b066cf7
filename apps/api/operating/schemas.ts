import { z } from 'zod';
import { startFailures } from '#shared/operating/measures.ts';
import { instant } from '../http/time.ts';

const counted = (description: string) => z.int().meta({ description });

/** What is counted of a day, and of all days together. */
const figures = {
  sent: counted('Texts and calls that a carrier took'),
  refused: counted('That a carrier refused when it was asked'),
  withinHours: counted(
    "Of `sent`, planned ones that left inside the recipient's window and the hours of the law: by the hour at which the carrier took them, judged afterwards and not by the gate that let them go",
  ),
  outsideLaw: counted('That left outside the hours of the law'),
  outsideWindow: counted(
    'That left in lawful hours, but outside those of the organisation or of the campaign',
  ),
  notJudged: counted('That went to other countries, whose hours are not known here'),
  allowed: counted('Touches that the gate let go; a repeated request is one more'),
  suppressed: counted('Touches that it stopped because the person had opted out or is suppressed'),
  blocked: counted('Touches that it stopped for other reasons'),
  textsOfCampaigns: counted('Texts of people that belong to a campaign'),
  textsOfContacts: counted('That belong to a contact and to no campaign'),
  textsOfNobody: counted('Of numbers that nobody knows'),
  leftOut: counted('Contacts of campaigns that were blocked or skipped'),
  optedOut: counted('People who opted out, by whatever way; of a campaign, those who did so in answer to it'),
  startFailures: counted('Campaigns that failed before anything of them went'),
};

const rate = (description: string) => z.number().min(0).nullable().meta({ description });

export const operatingFiguresSchema = z
  .object({
    countedTo: instant.meta({
      description: 'What was written up to then (real time) is counted: some minutes ago at the most',
    }),
    days: z
      .array(z.object({ day: z.iso.date(), ...figures }))
      .meta({ description: 'Days of UTC by business time, the newest first, none left out' }),
    total: z.object(figures),
    rates: z
      .object({
        windowCompliance: rate('Of what was planned, left and can be judged: how much did inside its hours'),
        suppressionHits: rate('Of touches that the gate judged for good: how many an opt-out stopped'),
        replyAssociation: rate('Of texts of people: how many belong to a campaign'),
        optOuts: rate('People who opted out, for each message that was sent'),
      })
      .meta({ description: 'From 0 to 1, over all these days; null: there was nothing to take a share of' }),
    startFailures: z
      .array(z.object({ reason: z.enum(startFailures), campaigns: z.int() }))
      .meta({ description: 'Over all these days; none of 0' }),
    pools: z
      .array(
        z.object({
          pool: z
            .enum(['sms', 'voice'])
            .meta({ description: '`sms` has lessons as well, `voice` hybrid campaigns' }),
          slots: z.int(),
          taken: z.int().meta({ description: 'Campaigns that hold a slot, paused ones among them' }),
          active: z.int().meta({ description: 'Of them those that are under way' }),
          waiting: z.int().meta({ description: 'Campaigns that wait for a slot' }),
        }),
      )
      .meta({ description: 'As of now' }),
  })
  .meta({ id: 'OperatingFigures' });
