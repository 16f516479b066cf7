import { z } from 'zod';
import { isCampaign } from '#shared/campaigns/store.ts';
import type { Clock } from '#shared/clock.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import { type ChangeTools, change, type Operation, read, reply } from '../http/operation.ts';
import { givenSender } from '../http/phone.ts';
import { Problem } from '../http/problem.ts';
import { instant } from '../http/time.ts';
import { uuid } from '../http/words.ts';
import { type Identity, nameOf } from '../identity/identity.ts';
import { modeSchema } from './mode-schema.ts';
import { type ModeSubject, readMode, type StoredMode, writeMode } from './mode-store.ts';
import { tag } from './rule-operations.ts';

const givenSchema = z
  .strictObject({ mode: modeSchema })
  .meta({ id: 'AgentModeChange', example: { mode: 'draft' } });

const shownSchema = z
  .object({
    mode: modeSchema.nullable().meta({ description: 'Null: nobody has said anything here' }),
    updatedAt: instant.nullable(),
    updatedBy: z.string().nullable(),
  })
  .meta({ id: 'AgentModeSetting' });

const wire = (stored: StoredMode | null): z.input<typeof shownSchema> => ({
  mode: stored?.mode ?? null,
  updatedAt: stored?.updatedAt.toISOString() ?? null,
  updatedBy: stored?.updatedBy ?? null,
});

const campaignParams = z.strictObject({ id: uuid });
const senderParams = z.strictObject({ senderNumber: givenSender });

async function checkCampaign(db: Queryable, id: string): Promise<void> {
  if (!(await isCampaign(db, id))) throw new Problem('not_found', 'There is no such campaign.');
}

const set = async (
  { audit, tx }: ChangeTools,
  subject: ModeSubject,
  { identity, mode, now }: { identity: Identity | null; mode: StoredMode['mode']; now: Date },
) => {
  const before = await readMode(tx, subject);
  const written = await writeMode(tx, subject, { mode, by: nameOf(identity), now });
  audit({
    subject: 'campaignId' in subject ? 'campaign' : 'sender',
    subjectId: 'campaignId' in subject ? subject.campaignId : subject.ourNumber,
    action: 'agent set',
    before: before === null ? null : { mode: before.mode },
    after: { mode: written.mode },
  });
  return reply(200, wire(written), { version: written.version });
};

/** Where the agent answers. */
export const agentModeOperations = ({ clock }: { clock: Clock }): readonly Operation[] => [
  read({
    id: 'getCampaignAgent',
    path: '/v1/campaigns/{id}/agent',
    tag,
    summary: 'Says whether the agent answers texts that belong to a campaign',
    description: 'Where nothing is said, the number that they came to decides.',
    access: 'viewer',
    params: campaignParams,
    replies: { 200: { description: 'The mode', body: shownSchema } },
    problems: ['not_found'],
    handle: async ({ params: { id } }, db) => {
      await checkCampaign(db, id);
      return reply(200, wire(await readMode(db, { campaignId: id })));
    },
  }),
  change({
    id: 'setCampaignAgent',
    method: 'put',
    path: '/v1/campaigns/{id}/agent',
    tag,
    summary: 'Turns the agent on or off for texts that belong to a campaign',
    description:
      'At once: an answer that is not written yet is not written where it is off, or becomes a draft; one that is written and has not gone is cancelled, and people have the text. A draft that a person sent goes. It goes before what is said of the number, and after what is said of a conversation.',
    access: 'operator',
    params: campaignParams,
    body: givenSchema,
    replies: { 200: { description: 'The mode', body: shownSchema, versioned: true } },
    problems: ['not_found'],
    handle: async ({ body: { mode }, identity, params: { id } }, tools) => {
      await checkCampaign(tools.tx, id);
      return set(tools, { campaignId: id }, { identity, mode, now: clock.now() });
    },
  }),
  read({
    id: 'getSenderAgent',
    path: '/v1/senders/{senderNumber}/agent',
    tag,
    summary: 'Says whether the agent answers texts to a number',
    access: 'viewer',
    params: senderParams,
    replies: { 200: { description: 'The mode', body: shownSchema } },
    handle: async ({ params: { senderNumber } }, db) =>
      reply(200, wire(await readMode(db, { ourNumber: senderNumber }))),
  }),
  change({
    id: 'setSenderAgent',
    method: 'put',
    path: '/v1/senders/{senderNumber}/agent',
    tag,
    summary: 'Turns the agent on or off for texts to a number',
    description: 'For those that belong to no campaign, or to one of which nothing is said.',
    access: 'admin',
    params: senderParams,
    body: givenSchema,
    replies: { 200: { description: 'The mode', body: shownSchema, versioned: true } },
    handle: ({ body: { mode }, identity, params: { senderNumber } }, tools) =>
      set(tools, { ourNumber: senderNumber }, { identity, mode, now: clock.now() }),
  }),
];
