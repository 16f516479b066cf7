import { z } from 'zod';
import type { CallingParts } from '#shared/campaigns/calling.ts';
import { contactStates, countOf } from '#shared/campaigns/counts.ts';
import { type EndingShares, expectedSteps } from '#shared/campaigns/expected-steps.ts';
import { endings } from '#shared/campaigns/ladder.ts';
import { ladderOf } from '#shared/campaigns/ladder-of.ts';
import { type Prices, pricesOfCampaign } from '#shared/campaigns/prices.ts';
import { type Campaign, readCampaign } from '#shared/campaigns/store.ts';
import { ofItsChannel } from '#shared/campaigns/whatsapp.ts';
import type { Clock } from '#shared/clock.ts';
import type { GateConfig } from '#shared/compliance/gate-config.ts';
import { readFields } from '#shared/contacts/store.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import type { LinkMaker } from '#shared/links/token.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import { readinessOfCampaign } from '#shared/senders/campaign-readiness.ts';
import { carrierShares, firstOf, readCampaignSenders } from '#shared/senders/campaign-senders.ts';
import { decodeCursor, encodeCursor } from '../../http/cursor.ts';
import { type Operation, read, reply, search } from '../../http/operation.ts';
import { Problem } from '../../http/problem.ts';
import { textStream } from '../../http/text-stream.ts';
import { instant } from '../../http/time.ts';
import { uuid } from '../../http/words.ts';
import { stepOf } from '../operation-parts.ts';
import { readAudienceLists } from './audience-lists.ts';
import { estimate } from './estimate.ts';
import { OneAtATime } from './one-at-a-time.ts';
import { audienceFault, exportPreview, previewPage } from './preview.ts';
import { readAhead, readDailyCap } from './read-circumstances.ts';
import { readThrottles } from './read-throttles.ts';
import type { PreviewParts } from './row.ts';
import {
  audienceCountSchema,
  audienceQuerySchema,
  estimateSchema,
  previewQuerySchema,
  previewSchema,
  previewSummarySchema,
  wireAudience,
  wireEstimate,
  wireRow,
  wireSummary,
} from './schemas.ts';
import { type Survey, type SurveyParts, survey } from './survey.ts';

export interface OutlookParts {
  clock: Clock;
  gate: GateConfig;
  pseudonyms: Pseudonyms;
  /** The environment's own number. */
  defaultSender: PhoneNumber;
  /** Carriers that are set up. */
  carriers: readonly CarrierName[];
  outlook: {
    /** Messages a second of a campaign that names no pace. */
    usualPace: number;
    /** How steps of ladders are taken to end. */
    endingShares: EndingShares;
    /** Of each pool. */
    slots: Readonly<Record<Campaign['pool'], number>>;
    /** Null: links in texts stay as they are. */
    sampleLinks: LinkMaker | null;
  };
  prices: Prices;
  /** What calls are made of, and how fast they begin. */
  calls: CallingParts;
}

const tag = 'Campaigns';
const params = z.strictObject({ id: uuid });
const position = z.object({ contactId: z.uuid() });

/** Hours and holidays further ahead than this are not asked about. */
const FARTHEST_START_MS = 2 * 366 * 24 * 3_600_000;
const tooFar = (): Problem =>
  new Problem('invalid_request', 'The start is too far away.', {
    faults: [{ in: 'query', pointer: 'startAt', detail: 'must be within two years' }],
  });

async function known(db: Queryable, id: string): Promise<Campaign> {
  const campaign = await readCampaign(db, id);
  if (campaign === null) throw new Problem('not_found', 'There is no such campaign.');
  return campaign;
}

async function withTexts(db: Queryable, id: string): Promise<Campaign> {
  const campaign = await known(db, id);
  if (campaign.definition.drill === null) return campaign;
  throw new Problem(
    'conflict',
    'The campaign starts a drill, which says what its prompts say: it has no texts.',
  );
}

/** What a campaign would do, before it does it. */
export const outlookOperations = (parts: OutlookParts): readonly Operation[] => {
  const surveys = new OneAtATime();
  const previewed: PreviewParts = { sampleLinks: parts.outlook.sampleLinks, calls: parts.calls };
  const surveyed = async (campaign: Campaign, at: Date, pool: SurveyParts['pool']): Promise<Survey> => {
    const { gate, pseudonyms } = parts;
    const found = await surveys.run(() =>
      survey(campaign, at.getTime(), { pool, gate, pseudonyms, ...previewed }),
    );
    if (found.kind === 'faults') throw audienceFault(found.reason);
    return found.survey;
  };
  return [
    read({
      id: 'estimateCampaign',
      path: '/v1/campaigns/{id}/estimate',
      tag,
      summary:
        'Says whom a campaign would reach, by when, in how many segments or minutes of calls, at what cost',
      description:
        'Judges the audience as the dispatcher would, all of it or, of a large one, so many contacts chosen by chance: `basis` says which. The finish is what pace, hours, windows and other campaigns allow at the earliest; faults and people who stop are not in it. Of a campaign under way it is about those who wait.',
      access: 'viewer',
      params,
      query: z.strictObject({
        startAt: instant
          .optional()
          .meta({ description: 'As if it started then; left out: its own start, or now' }),
      }),
      replies: { 200: { description: 'The estimate', body: estimateSchema } },
      problems: ['not_found', 'unreadable', 'conflict'],
      handle: async ({ params: { id }, query }, db) => {
        const campaign = await known(db, id);
        const { carriers, defaultSender: ownNumber, outlook } = parts;
        const now = parts.clock.now();
        const asked = query.startAt === undefined ? campaign.startAt : new Date(query.startAt);
        const startAt = asked !== null && asked > now ? asked : null;
        if (startAt !== null && startAt.getTime() - now.getTime() > FARTHEST_START_MS) throw tooFar();
        const found = await surveyed(campaign, startAt ?? now, db);
        const senders = await readCampaignSenders(db, campaign.definition, { carriers, ownNumber }, now);
        const readiness = readinessOfCampaign(campaign, senders);
        const isCalls = campaign.type === 'voice';
        const { callsPerSecond } = parts.calls;
        const usualPace = isCalls ? callsPerSecond : outlook.usualPace;
        const made = estimate(campaign, found, {
          account: parts.calls,
          now: now.getTime(),
          startAt: startAt?.getTime() ?? null,
          usualPace,
          audience: campaign.loadedAt === null ? null : await countOf(db, campaign.campaignId, contactStates),
          // Calls of all campaigns begin at the pace of the account.
          capacity: isCalls ? callsPerSecond : readiness.kind === 'ready' ? readiness.rate : null,
          waits: readiness.kind === 'waits' ? readiness.reason : null,
          shares: carrierShares(
            ofItsChannel(campaign.definition, senders).filter(({ canCall }) => !isCalls || canCall),
            firstOf(carriers),
          ),
          slots: outlook.slots[campaign.pool],
          cap: isCalls ? null : await readDailyCap(db, campaign.definition, { carriers, ownNumber }, now),
          ahead: await readAhead(db, campaign, { usualPace, ownNumber, now }),
          throttles: await readThrottles(db, campaign, {
            usual: { sms: outlook.usualPace, voice: callsPerSecond },
            now,
          }),
          prices: pricesOfCampaign(parts.prices, campaign.definition),
        });
        const steps = ladderOf(campaign);
        const { endingShares: shares } = outlook;
        const { maxAttempts } = campaign.definition;
        const ladder =
          steps === null
            ? null
            : {
                steps: expectedSteps(steps, made.recipients, { maxAttempts, shares }),
                assumed: endings.map((ending) => ({ ending, share: shares[ending] })),
              };
        return reply(200, wireEstimate(made, ladder));
      },
    }),
    search({
      id: 'countCampaignAudience',
      path: '/v1/campaigns/{id}/audience',
      tag,
      summary: 'Counts an audience that a campaign could have, and who of it would get nothing',
      description:
        'For whoever still chooses: nothing is changed. Judged as `estimate` judges; what the campaign says otherwise is its own.',
      access: 'viewer',
      params,
      body: audienceQuerySchema,
      replies: { 200: { description: 'How many, and why others not', body: audienceCountSchema } },
      problems: ['not_found', 'unreadable', 'conflict'],
      handle: async ({ body: { audience, intent }, params: { id } }, db) => {
        const campaign = await known(db, id);
        const asked = {
          ...campaign,
          intent: intent ?? campaign.intent,
          // As it would be put together now, also of one that was.
          loadedAt: null,
          definition: { ...campaign.definition, audience },
        };
        const lists = await readAudienceLists(db, audience, await readFields(db));
        if (lists.kind === 'faults') throw audienceFault(lists.reason);
        return reply(200, wireAudience(await surveyed(asked, parts.clock.now(), db), lists.lists));
      },
    }),
    search({
      id: 'previewCampaign',
      path: '/v1/campaigns/{id}/preview',
      tag,
      summary: 'Lists what contacts of a campaign would get, word for word',
      access: 'viewer',
      params,
      body: previewQuerySchema,
      replies: {
        200: { description: 'A page of them, in the order of their contacts', body: previewSchema },
      },
      problems: ['not_found', 'unreadable', 'conflict'],
      handle: async ({ body: { cursor, limit, show, step }, params: { id } }, db) => {
        const campaign = await withTexts(db, id);
        const after = decodeCursor(position, cursor)?.contactId ?? null;
        const { lookedTo, rows } = await previewPage(db, campaign, previewed, {
          ...{ after, limit, show, step: stepOf(campaign, step, 'body') },
        });
        return reply(200, {
          items: rows.map(wireRow),
          nextCursor: lookedTo === null ? null : encodeCursor({ contactId: lookedTo }),
        });
      },
    }),
    read({
      id: 'summarisePreview',
      path: '/v1/campaigns/{id}/preview/summary',
      tag,
      summary:
        'Says how long texts of a campaign are, whose values change their encoding, and what is missing',
      description:
        'Of all contacts or, of a large audience, of so many chosen by chance: `basis` says which.',
      access: 'viewer',
      params,
      replies: { 200: { description: 'What was found', body: previewSummarySchema } },
      problems: ['not_found', 'unreadable', 'conflict'],
      handle: async ({ params: { id } }, db) => {
        const campaign = await withTexts(db, id);
        return reply(200, wireSummary(await surveyed(campaign, parts.clock.now(), db)));
      },
    }),
    read({
      id: 'exportPreview',
      path: '/v1/campaigns/{id}/preview/export',
      tag,
      summary: 'What all contacts of a campaign would get, as CSV',
      description:
        'In the order of their contacts. Texts that a spreadsheet would compute begin with an apostrophe.',
      access: 'viewer',
      params,
      replies: { 200: { description: 'CSV, of any length', body: textStream, mediaType: 'text/csv' } },
      problems: ['not_found', 'unreadable', 'conflict'],
      handle: async ({ params: { id } }, db) =>
        reply(200, exportPreview(db, await withTexts(db, id), previewed), {
          headers: { 'content-disposition': 'attachment; filename="preview.csv"' },
        }),
    }),
  ];
};
