import { z } from 'zod';
import { lockCampaign, lockListedCampaign } from '#shared/campaigns/store.ts';
import { change, type Operation, reply } from '../http/operation.ts';
import { name } from '../http/words.ts';
import { nameOf } from '../identity/identity.ts';
import {
  audited,
  type CampaignParts,
  checkVersion,
  known,
  noSuchCampaign,
  optionalDate,
  params,
  requireDraft,
  tag,
} from './operation-parts.ts';
import { campaignChangeSchema, campaignSchema, newCampaignSchema, wireCampaign } from './schemas.ts';
import { deleteCampaign, insertCampaign, updateCampaign } from './store.ts';

/** What makes, changes and removes drafts. */
export const draftOperations = ({ clock }: CampaignParts): readonly Operation[] => [
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
    problems: ['not_found', 'unreadable', 'conflict'],
    handle: async ({ body, identity, ifMatch, params: { id } }, { tx, audit }) => {
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
        editedBy: nameOf(identity),
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
    description: 'Also one that this version cannot read.',
    access: 'operator',
    params,
    replies: { 204: { description: 'It is gone', body: null } },
    problems: ['not_found', 'changed_meanwhile', 'conflict'],
    handle: async ({ ifMatch, params: { id } }, { tx, audit }) => {
      const campaign = await lockListedCampaign(tx, id);
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
    problems: ['not_found', 'unreadable'],
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
