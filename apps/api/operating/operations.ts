import { z } from 'zod';
import type { Clock } from '#shared/clock.ts';
import {
  type DayCount,
  ratesOf,
  readCountedTo,
  readDayCounts,
  readPoolUse,
} from '#shared/operating/figures.ts';
import {
  type OperatingMeasure,
  START_FAILED,
  startFailureMeasure,
  startFailures,
} from '#shared/operating/measures.ts';
import { known } from '../campaigns/operation-parts.ts';
import { type Operation, read, reply } from '../http/operation.ts';
import { uuid } from '../http/words.ts';
import { operatingFiguresSchema } from './schemas.ts';
import { readOptOutsOf } from './store.ts';

const DAY_MS = 24 * 3_600_000;

type Figures = z.input<typeof operatingFiguresSchema>['total'];

export interface OperatingParts {
  clock: Pick<Clock, 'now'>;
  outlook: { slots: Readonly<Record<'sms' | 'voice', number>> };
}

/** How it went, day by day, and what there is room for. */
export const operatingOperations = ({ clock, outlook }: OperatingParts): readonly Operation[] => [
  read({
    id: 'getOperatingFigures',
    path: '/v1/operating-figures',
    tag: 'System',
    summary: 'What was sent and stopped, whether hours were kept, and how campaigns start, day by day',
    access: 'viewer',
    query: z.strictObject({
      days: z.coerce.number().int().min(1).max(92).default(14).meta({ description: 'So many, up to today' }),
      campaignId: uuid.optional().meta({
        description: 'Of this campaign alone; of a campaign of lessons also the texts with which they begin',
      }),
    }),
    replies: { 200: { description: 'As counted', body: operatingFiguresSchema } },
    problems: ['not_found'],
    handle: async ({ query: { campaignId = null, days } }, db) => {
      if (campaignId !== null) await known(db, campaignId);
      const now = clock.now();
      const names = Array.from({ length: days }, (_, ago) => dayOf(now, ago));
      const from = names.at(-1) ?? dayOf(now, 0);
      const [countedTo, counts, optOuts, pools] = await Promise.all([
        readCountedTo(db),
        readDayCounts(db, { from, campaignId }),
        campaignId === null ? [] : readOptOutsOf(db, campaignId, from),
        readPoolUse(db, now),
      ]);
      const all = [...counts, ...optOuts];
      const sums = summed(all);
      return reply(200, {
        countedTo: countedTo.toISOString(),
        days: names.map((day) => ({ day, ...figuresOf(summed(all.filter((each) => each.day === day))) })),
        total: figuresOf(sums),
        rates: ratesOf(sums),
        startFailures: startFailures.flatMap((reason) => {
          const campaigns = sums.get(startFailureMeasure(reason)) ?? 0;
          return campaigns === 0 ? [] : [{ reason, campaigns }];
        }),
        pools: pools.map((each) => ({ ...each, slots: outlook.slots[each.pool] })),
      });
    },
  }),
];

const dayOf = (now: Date, ago: number): string =>
  new Date(now.getTime() - ago * DAY_MS).toISOString().slice(0, 10);

function summed(counts: readonly Pick<DayCount, 'measure' | 'value'>[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { measure, value } of counts) sums.set(measure, (sums.get(measure) ?? 0) + value);
  return sums;
}

function figuresOf(sums: ReadonlyMap<string, number>): Figures {
  const of = (measure: OperatingMeasure): number => sums.get(measure) ?? 0;
  return {
    sent: of('sent'),
    refused: of('refused'),
    withinHours: of('within'),
    outsideLaw: of('outside_law'),
    outsideWindow: of('outside_window'),
    notJudged: of('unjudged'),
    allowed: of('allowed'),
    suppressed: of('suppressed'),
    blocked: of('blocked'),
    textsOfCampaigns: of('heard_of_campaign'),
    textsOfContacts: of('heard_of_contact'),
    textsOfNobody: of('heard_of_nobody'),
    leftOut: of('left_out'),
    optedOut: of('opted_out'),
    startFailures: [...sums].reduce(
      (sum, [measure, value]) => (measure.startsWith(START_FAILED) ? sum + value : sum),
      0,
    ),
  };
}
