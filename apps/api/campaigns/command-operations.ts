import { z } from 'zod';
import type { CampaignFault } from '#shared/campaigns/definition.ts';
import { waitForCampaignRequests } from '#shared/campaigns/in-flight.ts';
import { type CampaignCommand, commands } from '#shared/campaigns/lifecycle.ts';
import { lockCampaign } from '#shared/campaigns/store.ts';
import { tellCampaign } from '#shared/campaigns/tell.ts';
import { change, type Operation, reply } from '../http/operation.ts';
import { Problem } from '../http/problem.ts';
import { instant } from '../http/time.ts';
import { holdThrottleGroups } from '../throttle-groups/store.ts';
import { faultsOfCampaign } from './faults.ts';
import {
  type CampaignParts,
  checkVersion,
  noSuchCampaign,
  optionalDate,
  params,
  pointerOf,
  tag,
} from './operation-parts.ts';
import { toldSchema } from './schemas.ts';
import { doneInWords, refusedInWords } from './words.ts';

const summaries: Readonly<Record<CampaignCommand, string>> = {
  schedule: 'Lets a campaign start at a time, or changes that time',
  unschedule: 'Makes a scheduled campaign a draft again',
  start: 'Starts a campaign as soon as a slot of its pool is free',
  pause: 'Pauses a campaign: what is queued is taken back',
  resume: 'Lets a paused campaign go on where it was',
  stop: 'Ends a campaign for everybody to whom nothing went yet',
};

/** What campaigns are told to do. */
export const commandOperations = (parts: CampaignParts): readonly Operation[] =>
  commands.map((command) => tellOperation(command, parts));

/** One command. Told again it changes nothing and answers the same. */
const tellOperation = (
  command: CampaignCommand,
  { calls, carriers, clock, defaultSender, drills, links, pool }: CampaignParts,
): Operation =>
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
    problems: ['not_found', 'unreadable', 'changed_meanwhile', 'conflict'],
    ...(command === 'pause' || command === 'stop'
      ? {
          beforeAnswer: async ({ params: { id } }: { params: { id: string } }) => {
            await waitForCampaignRequests(pool, clock, id);
          },
        }
      : {}),
    handle: async ({ body, ifMatch, params: { id } }, { tx, audit }) => {
      const now = clock.now();
      const startAt =
        command === 'schedule' ? optionalDate((body as { startAt: string } | undefined)?.startAt) : null;
      const before = await lockCampaign(tx, id);
      if (before === null) throw noSuchCampaign();
      checkVersion(before, ifMatch);
      const begins = command === 'start' || command === 'schedule';
      if (begins && (before.status === 'draft' || before.status === 'scheduled')) {
        // Whoever deletes one sees the campaign that has started, and whoever starts one the groups that are left.
        await holdThrottleGroups(tx, before.definition.throttleGroups);
        const faults = await faultsOfCampaign(
          tx,
          { ...before, startAt },
          { calls, carriers, drills, defaultSender, links, now },
        );
        if (faults.length > 0) throw cannotStart(faults);
      }
      if (command === 'resume' && before.waitsFor === 'approval') {
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

const cannotStart = (faults: readonly CampaignFault[]): Problem =>
  new Problem('conflict', 'The campaign cannot start yet.', {
    faults: faults.map(({ message, pointer }) => ({
      in: 'body',
      pointer: pointerOf(pointer),
      detail: message,
    })),
  });
