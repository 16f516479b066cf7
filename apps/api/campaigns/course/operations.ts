import { z } from 'zod';
import { deliveryOutcomes } from '#shared/campaigns/deliveries.ts';
import { ofItsChannel } from '#shared/campaigns/whatsapp.ts';
import { readCampaignSenders } from '#shared/senders/campaign-senders.ts';
import { type Operation, read, reply } from '../../http/operation.ts';
import { shownSender } from '../../http/phone.ts';
import { instant } from '../../http/time.ts';
import { type CampaignParts, known, params, tag } from '../operation-parts.ts';
import { readDeliveryCounts } from '../store.ts';
import { stepFor } from './steps.ts';
import { RATE_WINDOW_MS, readCourse, readNumberRates, readSpan } from './store.ts';

/** Messages that are looked at: of a campaign of more, so many are chosen by chance. */
const LOOKED_MOST = 50_000;

const count = z.int().min(0);

const courseSchema = z
  .object({
    stepSeconds: z.int().min(1).meta({ description: 'How long a point lasts', example: 60 }),
    share: z.number().min(0).max(1).meta({
      description: 'Part of its contacts that was looked at, chosen by chance; 1: everybody',
      example: 1,
    }),
    points: z
      .array(
        z.object({
          at: instant.meta({ description: 'When it begins' }),
          sent: count.meta({ description: 'Messages and calls that carriers took' }),
          delivered: count.meta({ description: 'Of which the carrier said then that they arrived' }),
          missed: count.meta({ description: 'Refused, failed, or not delivered' }),
          replied: count.meta({ description: 'Contacts who answered for the first time' }),
        }),
      )
      .meta({ description: 'Oldest first, at most 241; those in which nothing happened are left out' }),
  })
  .meta({ id: 'CampaignCourse' });

const senderSchema = z.object({
  senderNumber: shownSender,
  carrier: z.string(),
  pool: z.string().nullable(),
  isKnown: z.boolean().meta({ description: 'Whether it was made known: one that was not has no limits' }),
  isHalted: z.boolean(),
  isCarrierSetUp: z.boolean(),
  canCall: z.boolean(),
  segmentsPerSecond: z.number().nullable().meta({ description: 'What it may send; null: nobody said' }),
  nowPerSecond: z.number().min(0).meta({
    description: 'Segments a second that carriers took of it in the last minute, of whatever messages',
  }),
  dayLeft: z.number().nullable().meta({
    description: 'Segments that it may still send today, by its own cap or that of its pool; null: no cap',
  }),
  dayCap: z.number().nullable(),
});

const sendersSchema = z
  .object({ items: z.array(senderSchema).meta({ description: 'At most 500' }) })
  .meta({ id: 'CampaignSenders' });

/** How a campaign goes on, for whoever watches it. */
export const courseOperations = ({ carriers, clock, defaultSender }: CampaignParts): readonly Operation[] => [
  read({
    id: 'getCampaignCourse',
    path: '/v1/campaigns/{id}/course',
    tag,
    summary: 'Says what happened of a campaign when: sent, delivered, answered, in steps of time',
    description:
      'The step is the shortest in which all of it has no more than 240 points. A lesson’s texts are not counted with the campaign that began it.',
    access: 'viewer',
    params,
    replies: { 200: { description: 'Its course', body: courseSchema } },
    problems: ['not_found', 'unreadable'],
    handle: async ({ params: { id } }, db) => {
      await known(db, id);
      const messages = (await readDeliveryCounts(db, id))
        .filter(({ measure }) => deliveryOutcomes.some((outcome) => outcome === measure))
        .reduce((sum, { value }) => sum + value, 0);
      const share = messages <= LOOKED_MOST ? 1 : LOOKED_MOST / messages;
      const span = await readSpan(db, id, share);
      if (span === null) return reply(200, { stepSeconds: stepFor(0), share, points: [] });
      const stepSeconds = stepFor(span.to.getTime() - span.from.getTime());
      const points = await readCourse(db, id, { share, stepSeconds });
      return reply(200, {
        ...{ stepSeconds, share },
        points: points.map(({ at, ...counts }) => ({ at: at.toISOString(), ...counts })),
      });
    },
  }),
  read({
    id: 'listCampaignSenders',
    path: '/v1/campaigns/{id}/senders',
    tag,
    summary: 'Lists the numbers that a campaign is sent from, with how fast they send now and what they may',
    access: 'viewer',
    params,
    replies: { 200: { description: 'Its numbers', body: sendersSchema } },
    problems: ['not_found', 'unreadable'],
    handle: async ({ params: { id } }, db) => {
      const { definition } = await known(db, id);
      const now = clock.now();
      const senders = ofItsChannel(
        definition,
        await readCampaignSenders(db, definition, { carriers, ownNumber: defaultSender }, now),
      );
      const rates = await readNumberRates(
        db,
        senders.map(({ senderNumber }) => senderNumber),
        now,
      );
      return reply(200, {
        items: senders.slice(0, 500).map((each) => ({
          ...{
            senderNumber: each.senderNumber,
            carrier: each.carrier,
            pool: each.pool,
            isKnown: each.isKnown,
          },
          ...{ isHalted: each.halted, isCarrierSetUp: each.isSetUp, canCall: each.canCall },
          segmentsPerSecond: each.isKnown ? each.rate : null,
          nowPerSecond: ((rates.get(each.senderNumber) ?? 0) * 1_000) / RATE_WINDOW_MS,
          dayLeft: least(each.dayLeft, each.poolDayLeft),
          dayCap: least(each.dayCap, each.poolDayCap),
        })),
      });
    },
  }),
];

const least = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b);
