import { z } from 'zod';
import type { CampaignFault } from '#shared/campaigns/definition.ts';
import { waitForCampaignRequests } from '#shared/campaigns/in-flight.ts';
import { type CampaignCommand, commands } from '#shared/campaigns/lifecycle.ts';
import { type Campaign, lockCampaign, readCampaign } from '#shared/campaigns/store.ts';
import { tellCampaign } from '#shared/campaigns/tell.ts';
import type { Clock } from '#shared/clock.ts';
import type { Drills } from '#shared/drills/drills.ts';
import type { Pool, Queryable } from '#shared/postgres/pool.ts';
import { decodeCursor, page, pageOf, pageQuery } from '../http/cursor.ts';
import { change, type Operation, read, reply } from '../http/operation.ts';
import { Problem } from '../http/problem.ts';
import { instant } from '../http/time.ts';
import { name, uuid } from '../http/words.ts';
import { nameOf } from '../identity/identity.ts';
import { faultsOfCampaign } from './faults.ts';
import { metricsOf } from './metrics.ts';
import {
  campaignChangeSchema,
  campaignContactSchema,
  campaignSchema,
  checkSchema,
  contactStateSchema,
  metricsSchema,
  newCampaignSchema,
  toldSchema,
  wireCampaign,
} from './schemas.ts';
import {
  approveCampaign,
  archiveCampaign,
  deleteCampaign,
  insertCampaign,
  listCampaigns,
  listContacts,
  readCounts,
  updateCampaign,
} from './store.ts';
import { doneInWords, reasonInWords, refusedInWords } from './words.ts';

export interface CampaignParts {
  pool: Pool;
  clock: Clock;
  drills: Drills;
}

const tag = 'Campaigns';
const params = z.strictObject({ id: uuid });
const noSuchCampaign = (): Problem => new Problem('not_found', 'There is no such campaign.');

const optionalDate = (text: string | null | undefined): Date | null => (text == null ? null : new Date(text));

/** What the audit log keeps of one: no person is named in it. */
const audited = ({ definition, endAt, intent, name: called, type }: Campaign) => ({
  name: called,
  type,
  intent,
  definition,
  endAt,
});

async function known(db: Queryable, id: string): Promise<Campaign> {
  const campaign = await readCampaign(db, id);
  if (campaign === null) throw noSuchCampaign();
  return campaign;
}

function checkVersion({ version }: Campaign, ifMatch: string | null): void {
  if (ifMatch === null || ifMatch === String(version)) return;
  throw new Problem('changed_meanwhile', 'The campaign was changed since you read it: read it again.');
}

const requireDraft = ({ status }: Campaign): void => {
  if (status === 'draft') return;
  throw new Problem(
    'conflict',
    `The campaign is ${status}: only a draft is changed or deleted. Clone it instead.`,
  );
};

/** Campaigns: what they are, what they are told, and what becomes of each contact. */
export const campaignOperations = (parts: CampaignParts): readonly Operation[] => [
  ...reads(parts),
  ...drafts(parts),
  ...told(parts),
  ...decided(parts),
];

const position = z.object({ createdAt: z.iso.datetime({ precision: 6 }), id: z.uuid() });

const reads = ({ clock, drills }: CampaignParts): readonly Operation[] => [
  read({
    id: 'listCampaigns',
    path: '/v1/campaigns',
    tag,
    summary: 'Lists campaigns, newest first',
    access: 'viewer',
    query: z.strictObject({
      ...pageQuery,
      status: campaignSchema.shape.status.optional(),
      type: campaignSchema.shape.type.optional(),
      archived: z
        .enum(['true', 'false'])
        .default('false')
        .meta({ description: 'Those that were put away instead' }),
    }),
    replies: { 200: { description: 'A page of campaigns', body: pageOf(campaignSchema, 'CampaignPage') } },
    handle: async ({ query }, db) => {
      const rows = await listCampaigns(db, {
        status: query.status ?? null,
        type: query.type ?? null,
        archived: query.archived === 'true',
        after: decodeCursor(position, query.cursor),
        limit: query.limit + 1,
      });
      return reply(
        200,
        page(rows, query.limit, {
          item: (row) => wireCampaign(row),
          positionOf: (row) => ({ createdAt: row.position, id: row.campaignId }),
        }),
      );
    },
  }),
  read({
    id: 'getCampaign',
    path: '/v1/campaigns/{id}',
    tag,
    summary: 'Gets a campaign',
    access: 'viewer',
    params,
    replies: { 200: { description: 'The campaign', body: campaignSchema, versioned: true } },
    problems: ['not_found'],
    handle: async ({ params: { id } }, db) => {
      const campaign = await known(db, id);
      return reply(200, wireCampaign(campaign), { version: campaign.version });
    },
  }),
  read({
    id: 'checkCampaign',
    path: '/v1/campaigns/{id}/check',
    tag,
    summary: 'Says what keeps a campaign from starting, all at once',
    access: 'viewer',
    params,
    replies: { 200: { description: 'What is wrong with it', body: checkSchema } },
    problems: ['not_found'],
    handle: async ({ params: { id } }, db) => {
      const faults = await faultsOfCampaign(db, await known(db, id), { drills, now: clock.now() });
      return reply(200, {
        mayStart: faults.length === 0,
        faults: faults.map(({ message, pointer }) => ({ pointer: pointerOf(pointer), detail: message })),
      });
    },
  }),
  read({
    id: 'getCampaignMetrics',
    path: '/v1/campaigns/{id}/metrics',
    tag,
    summary: 'Counts the contacts of a campaign by where they stand, and why',
    access: 'viewer',
    params,
    replies: { 200: { description: 'Counts, which are what the contacts add up to', body: metricsSchema } },
    problems: ['not_found'],
    handle: async ({ params: { id } }, db) => {
      const campaign = await known(db, id);
      return reply(200, metricsOf(campaign.definition, await readCounts(db, id)));
    },
  }),
  read({
    id: 'listCampaignContacts',
    path: '/v1/campaigns/{id}/contacts',
    tag,
    summary: 'Lists the contacts of a campaign, and what became of it for each',
    access: 'viewer',
    params,
    query: z.strictObject({ ...pageQuery, state: contactStateSchema.optional() }),
    replies: {
      200: { description: 'A page of contacts', body: pageOf(campaignContactSchema, 'CampaignContactPage') },
    },
    problems: ['not_found'],
    handle: async ({ params: { id }, query }, db) => {
      await known(db, id);
      const rows = await listContacts(db, {
        campaignId: id,
        state: query.state ?? null,
        after: decodeCursor(z.object({ contactId: z.uuid() }), query.cursor)?.contactId ?? null,
        limit: query.limit + 1,
      });
      return reply(
        200,
        page(rows, query.limit, {
          item: (row) => ({
            contactId: row.contact_id,
            phoneNumber: row.phone_number,
            variant: row.variant,
            state: row.state,
            rule: row.rule,
            says: reasonInWords(row.rule),
            dueAt: row.due_at?.toISOString() ?? null,
            messageId: row.message_id,
            attempts: row.attempts,
            repliedAt: row.replied_at?.toISOString() ?? null,
          }),
          positionOf: (row) => ({ contactId: row.contact_id }),
        }),
      );
    },
  }),
];

const drafts = ({ clock }: CampaignParts): readonly Operation[] => [
  change({
    id: 'createCampaign',
    method: 'post',
    path: '/v1/campaigns',
    tag,
    summary: 'Makes a draft of a campaign',
    description: 'A draft may be unfinished. What keeps it from starting its check says.',
    access: 'operator',
    body: newCampaignSchema,
    replies: { 201: { description: 'The draft', body: campaignSchema, versioned: true } },
    handle: async ({ body, identity }, { tx, audit }) => {
      const campaignId = clock.newId();
      await insertCampaign(tx, {
        ...body,
        campaignId,
        endAt: optionalDate(body.endAt),
        createdBy: nameOf(identity),
        at: clock.now(),
      });
      const campaign = await known(tx, campaignId);
      audit({
        subject: 'campaign',
        subjectId: campaignId,
        action: 'created',
        before: null,
        after: audited(campaign),
      });
      return reply(201, wireCampaign(campaign), { version: campaign.version });
    },
  }),
  change({
    id: 'updateCampaign',
    method: 'patch',
    path: '/v1/campaigns/{id}',
    tag,
    summary: 'Changes a draft',
    access: 'operator',
    requiresVersion: true,
    params,
    body: campaignChangeSchema,
    replies: { 200: { description: 'The draft as it is now', body: campaignSchema, versioned: true } },
    problems: ['not_found', 'conflict'],
    handle: async ({ body, ifMatch, params: { id } }, { tx, audit }) => {
      const before = await lockCampaign(tx, id);
      if (before === null) throw noSuchCampaign();
      checkVersion(before, ifMatch);
      requireDraft(before);
      await updateCampaign(tx, {
        campaignId: id,
        name: body.name ?? before.name,
        intent: body.intent ?? before.intent,
        definition: body.definition ?? before.definition,
        endAt: body.endAt === undefined ? before.endAt : optionalDate(body.endAt),
        at: clock.now(),
      });
      const campaign = await known(tx, id);
      audit({
        subject: 'campaign',
        subjectId: id,
        action: 'updated',
        before: audited(before),
        after: audited(campaign),
      });
      return reply(200, wireCampaign(campaign), { version: campaign.version });
    },
  }),
  change({
    id: 'deleteCampaign',
    method: 'delete',
    path: '/v1/campaigns/{id}',
    tag,
    summary: 'Deletes a draft',
    access: 'operator',
    params,
    replies: { 204: { description: 'It is gone', body: null } },
    problems: ['not_found', 'changed_meanwhile', 'conflict'],
    handle: async ({ ifMatch, params: { id } }, { tx, audit }) => {
      const campaign = await lockCampaign(tx, id);
      if (campaign === null) throw noSuchCampaign();
      checkVersion(campaign, ifMatch);
      requireDraft(campaign);
      await deleteCampaign(tx, id);
      audit({
        subject: 'campaign',
        subjectId: id,
        action: 'deleted',
        before: audited(campaign),
        after: null,
      });
      return reply(204, null);
    },
  }),
  change({
    id: 'cloneCampaign',
    method: 'post',
    path: '/v1/campaigns/{id}/clone',
    tag,
    summary: 'Makes a draft of what a campaign is',
    description: 'Repeat it with the same Idempotency-Key to have one draft. The end is not taken over.',
    access: 'operator',
    params,
    body: z.strictObject({ name: name.optional() }),
    replies: { 201: { description: 'The draft', body: campaignSchema, versioned: true } },
    problems: ['not_found'],
    handle: async ({ body, identity, params: { id } }, { tx, audit }) => {
      const { definition, intent, name: called, type } = await known(tx, id);
      const campaignId = clock.newId();
      await insertCampaign(tx, {
        campaignId,
        name: body.name ?? `${called} (copy)`.slice(0, 200),
        type,
        intent,
        definition,
        endAt: null,
        createdBy: nameOf(identity),
        at: clock.now(),
      });
      const campaign = await known(tx, campaignId);
      audit({
        subject: 'campaign',
        subjectId: campaignId,
        action: 'created',
        before: null,
        after: { ...audited(campaign), cloneOf: id },
      });
      return reply(201, wireCampaign(campaign), { version: campaign.version });
    },
  }),
];

const summaries: Readonly<Record<CampaignCommand, string>> = {
  schedule: 'Lets a campaign start at a time, or changes that time',
  unschedule: 'Makes a scheduled campaign a draft again',
  start: 'Starts a campaign as soon as a slot of its pool is free',
  pause: 'Pauses a campaign: what is queued is taken back',
  resume: 'Lets a paused campaign go on where it was',
  stop: 'Ends a campaign for everybody to whom nothing went yet',
};

const told = (parts: CampaignParts): readonly Operation[] =>
  commands.map((command) => tellOperation(command, parts));

/** One command. Told again it changes nothing and answers the same. */
const tellOperation = (command: CampaignCommand, { clock, drills, pool }: CampaignParts): Operation =>
  change({
    id: `${command}Campaign`,
    method: 'post',
    path: `/v1/campaigns/{id}/${command}`,
    tag,
    summary: summaries[command],
    description:
      command === 'pause' || command === 'stop'
        ? 'When this is answered, nothing of the campaign begins to be sent any more. Told again it changes nothing.'
        : 'Told again it changes nothing.',
    access: 'operator',
    params,
    ...(command === 'schedule'
      ? {
          body: z.strictObject({
            startAt: instant.meta({ description: 'Not before; at once if it is over' }),
          }),
        }
      : {}),
    replies: { 200: { description: 'What it is now', body: toldSchema } },
    problems: ['not_found', 'conflict'],
    ...(command === 'pause' || command === 'stop'
      ? {
          beforeAnswer: async ({ params: { id } }: { params: { id: string } }) => {
            await waitForCampaignRequests(pool, clock, id);
          },
        }
      : {}),
    handle: async ({ body, params: { id } }, { tx, audit }) => {
      const now = clock.now();
      const startAt =
        command === 'schedule' ? optionalDate((body as { startAt: string } | undefined)?.startAt) : null;
      const before = await lockCampaign(tx, id);
      if (before === null) throw noSuchCampaign();
      const begins = command === 'start' || command === 'schedule';
      if (begins && (before.status === 'draft' || before.status === 'scheduled')) {
        const faults = await faultsOfCampaign(tx, { ...before, startAt }, { drills, now });
        if (faults.length > 0) throw cannotStart(faults);
      }
      if (command === 'resume' && before.reason?.includes('has to approve') && before.approvedAt === null) {
        throw new Problem('conflict', `${before.reason} It goes on by itself when that is done.`);
      }
      const result = await tellCampaign(tx, id, command, { now, startAt });
      if (result.kind === 'unknown') throw noSuchCampaign();
      if (result.kind === 'illegal') {
        throw new Problem('conflict', refusedInWords(command, result.campaign.status, result.legal));
      }
      const { campaign, changed } = result;
      audit({
        subject: 'campaign',
        subjectId: id,
        action: changed ? pastOf[command] : 'unchanged',
        before: { status: before.status, startAt: before.startAt },
        after: { status: campaign.status, startAt: campaign.startAt },
      });
      return reply(200, {
        campaignId: id,
        campaignType: campaign.type,
        success: true as const,
        message: doneInWords(campaign.status, changed),
        status: campaign.status,
      });
    },
  });

const pastOf: Readonly<Record<CampaignCommand, string>> = {
  schedule: 'scheduled',
  unschedule: 'unscheduled',
  start: 'started',
  pause: 'paused',
  resume: 'resumed',
  stop: 'stopped',
};

/** Of what the check says of a campaign: what belongs to its definition stands in it. */
const pointerOf = (pointer: string): string =>
  ['/name', '/type', '/endAt'].includes(pointer) ? pointer : `/definition${pointer}`;

const cannotStart = (faults: readonly CampaignFault[]): Problem =>
  new Problem('conflict', 'The campaign cannot start yet.', {
    faults: faults.map(({ message, pointer }) => ({
      in: 'body',
      pointer: pointerOf(pointer),
      detail: message,
    })),
  });

const decided = ({ clock }: CampaignParts): readonly Operation[] => [
  change({
    id: 'approveCampaign',
    method: 'post',
    path: '/v1/campaigns/{id}/approve',
    tag,
    summary: 'Approves a campaign whose audience is above the size that needs a second person',
    description: 'By somebody else than who made it. One that waits for it goes on by itself.',
    access: 'operator',
    params,
    replies: { 200: { description: 'The campaign', body: campaignSchema, versioned: true } },
    problems: ['not_found', 'conflict'],
    handle: async ({ identity, params: { id } }, { tx, audit }) => {
      const campaign = await lockCampaign(tx, id);
      if (campaign === null) throw noSuchCampaign();
      const by = nameOf(identity);
      if (by === campaign.createdBy) {
        throw new Problem('conflict', `${by} made the campaign: somebody else has to approve it.`);
      }
      const waits = campaign.status === 'paused' && (campaign.reason?.includes('has to approve') ?? false);
      await approveCampaign(tx, { campaignId: id, by, at: clock.now() });
      if (waits) await tellCampaign(tx, id, 'resume', { now: clock.now() });
      const approved = await known(tx, id);
      audit({
        subject: 'campaign',
        subjectId: id,
        action: 'approved',
        before: { status: campaign.status, approvedBy: campaign.approvedBy },
        after: { status: approved.status, approvedBy: by },
      });
      return reply(200, wireCampaign(approved), { version: approved.version });
    },
  }),
  change({
    id: 'archiveCampaign',
    method: 'post',
    path: '/v1/campaigns/{id}/archive',
    tag,
    summary: 'Puts an ended campaign away, or takes it out again',
    access: 'operator',
    params,
    body: z.strictObject({ archived: z.boolean() }),
    replies: { 200: { description: 'The campaign', body: campaignSchema, versioned: true } },
    problems: ['not_found', 'conflict'],
    handle: async ({ body, params: { id } }, { tx, audit }) => {
      const campaign = await lockCampaign(tx, id);
      if (campaign === null) throw noSuchCampaign();
      if (body.archived && campaign.endedAt === null && campaign.status !== 'draft') {
        throw new Problem('conflict', `The campaign is ${campaign.status}: only what has ended is put away.`);
      }
      const now = clock.now();
      await archiveCampaign(tx, id, body.archived ? (campaign.archivedAt ?? now) : null, now);
      const archived = await known(tx, id);
      audit({
        subject: 'campaign',
        subjectId: id,
        action: body.archived ? 'archived' : 'taken out',
        before: { archivedAt: campaign.archivedAt },
        after: { archivedAt: archived.archivedAt },
      });
      return reply(200, wireCampaign(archived), { version: archived.version });
    },
  }),
];
