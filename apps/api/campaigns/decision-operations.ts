import { z } from 'zod';
import { countAudience } from '#shared/campaigns/read-audience.ts';
import { lockCampaign } from '#shared/campaigns/store.ts';
import { goOnAfterApproval } from '#shared/campaigns/tell.ts';
import { readFields } from '#shared/contacts/store.ts';
import { change, type Operation, reply } from '../http/operation.ts';
import { Problem } from '../http/problem.ts';
import { nameOf } from '../identity/identity.ts';
import { type CampaignParts, checkVersion, known, noSuchCampaign, params, tag } from './operation-parts.ts';
import { campaignSchema, wireCampaign } from './schemas.ts';
import { approveCampaign, archiveCampaign } from './store.ts';

/** What people decide about campaigns besides what these do: that one may go, that one is put away. */
export const decisionOperations = ({ clock }: CampaignParts): readonly Operation[] => [
  change({
    id: 'approveCampaign',
    method: 'post',
    path: '/v1/campaigns/{id}/approve',
    tag,
    summary: 'Approves a campaign whose audience is above the size that needs a second person',
    description:
      'By somebody who neither made it nor changed it. One that waits for it goes on by itself, as soon as a slot of its pool is free; one that somebody paused meanwhile stays paused. What is changed afterwards has to be approved again, and so has one whose audience turns out larger than it was (`approvedContacts`).',
    access: 'operator',
    params,
    replies: { 200: { description: 'The campaign', body: campaignSchema, versioned: true } },
    problems: ['not_found', 'unreadable', 'changed_meanwhile', 'conflict'],
    handle: async ({ identity, ifMatch, params: { id } }, { tx, audit }) => {
      const campaign = await lockCampaign(tx, id);
      if (campaign === null) throw noSuchCampaign();
      checkVersion(campaign, ifMatch);
      const by = nameOf(identity);
      if (by === campaign.createdBy || campaign.editedBy.includes(by)) {
        const did = by === campaign.createdBy ? 'made' : 'changed';
        throw new Problem('conflict', `${by} ${did} the campaign: somebody else has to approve it.`);
      }
      const now = clock.now();
      const audience = await countAudience(tx, campaign, await readFields(tx));
      if (audience.kind === 'faults')
        throw new Problem('conflict', `Its audience cannot be made: ${audience.reason}`);
      await approveCampaign(tx, { campaignId: id, by, at: now, contacts: audience.contacts });
      await goOnAfterApproval(tx, campaign, now);
      const approved = await known(tx, id);
      audit({
        subject: 'campaign',
        subjectId: id,
        action: 'approved',
        before: { status: campaign.status, approvedBy: campaign.approvedBy },
        after: { status: approved.status, approvedBy: by, approvedContacts: audience.contacts },
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
    problems: ['not_found', 'unreadable', 'changed_meanwhile', 'conflict'],
    handle: async ({ body, ifMatch, params: { id } }, { tx, audit }) => {
      const campaign = await lockCampaign(tx, id);
      if (campaign === null) throw noSuchCampaign();
      checkVersion(campaign, ifMatch);
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
