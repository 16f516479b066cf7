import { z } from 'zod';
import { type Member, type MemberRow, memberOf, OF_CONTACT } from '#shared/campaigns/audience-member.ts';
import { bodyFaults } from '#shared/campaigns/body-faults.ts';
import { type CallFacts, callSettingsFaults, callWordsFaults } from '#shared/campaigns/call-faults.ts';
import type { CallingParts } from '#shared/campaigns/calling.ts';
import { channelOf } from '#shared/campaigns/channel-of.ts';
import { type Composed, composer } from '#shared/campaigns/compose.ts';
import { segmentsIn, wordsOf } from '#shared/campaigns/content.ts';
import { withOwnFields } from '#shared/campaigns/own-fields.ts';
import { wordsOfStep } from '#shared/campaigns/step-words.ts';
import { type Campaign, readCampaign } from '#shared/campaigns/store.ts';
import { channelFaults, isOnWhatsApp, sendingBy, whatsAppFaults } from '#shared/campaigns/whatsapp.ts';
import { LONGEST_VALUE } from '#shared/contacts/fields.ts';
import { readFields } from '#shared/contacts/store.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import { languageSchema } from '#shared/contracts/drill.ts';
import { storableText } from '#shared/contracts/storable-text.ts';
import type { LinkMaker } from '#shared/links/token.ts';
import { type ShortLink, writeShortLinks } from '#shared/links/write.ts';
import { type MessagesOfBatch, writeMessages } from '#shared/messages/write.ts';
import { writeSlotOutbox } from '#shared/outbox/write.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { SenderAddress } from '#shared/phone/sender-address.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import { readCampaignSenders } from '#shared/senders/campaign-senders.ts';
import { type Routes, readRoutes } from '#shared/senders/routes.ts';
import { change, type Operation, reply } from '../../http/operation.ts';
import { toldPhone } from '../../http/phone.ts';
import { Problem } from '../../http/problem.ts';
import { uuid } from '../../http/words.ts';
import { nameOf } from '../../identity/identity.ts';
import { type PlanParts, ruleInWords } from '../../messages/plan.ts';
import { judgedSchema } from '../../messages/schemas.ts';
import { stepOf, stepQuery } from '../operation-parts.ts';
import { reasonInWords } from '../words.ts';
import { pretended } from './member.ts';
import { markTests, readVerdicts } from './write-tests.ts';

export interface TryOutParts extends PlanParts {
  defaultSender: PhoneNumber;
  /** Carriers that are set up. */
  carriers: readonly CarrierName[];
  /** Makes links of tests short as those of the campaign will be; null: they stay as they are. */
  links: LinkMaker | null;
  /** What calls are made of. */
  calls: CallingParts;
}

const MOST_TESTERS = 10;

const testSchema = z
  .strictObject({
    to: z
      .array(toldPhone)
      .min(1)
      .max(MOST_TESTERS)
      .meta({ description: 'Who tries it out; their consent and their hours count as everybody’s do' }),
    variant: z.int().min(0).max(9).default(0).meta({ description: 'Position of the variant' }),
    step: stepQuery.meta({ description: 'Of a ladder, the place of the step, from 0; left out: the first' }),
    language: languageSchema
      .optional()
      .meta({ description: 'Left out: that of the contact, or the default' }),
    contactId: uuid.optional().meta({ description: 'Whose values are put in' }),
    values: z
      .record(z.string().regex(/^[a-z][a-z0-9_]{0,39}$/), storableText.pipe(z.string().max(LONGEST_VALUE)))
      .default({})
      .meta({
        description:
          'Values by the names of fields of contacts, over those of the contact; fields of the campaign are its own',
        example: { first_name: 'Ana' },
      }),
  })
  .meta({ id: 'CampaignTest', example: { to: ['+12125550123'], values: { first_name: 'Ana' } } });

const testedSchema = z
  .object({ messages: z.array(z.object({ ...judgedSchema.shape, body: z.string() })) })
  .meta({ id: 'CampaignTestResult' });

/** Lets somebody see a campaign on a phone before it goes to anybody. */
export const tryOutOperations = (parts: TryOutParts): readonly Operation[] => [
  change({
    id: 'testCampaign',
    method: 'post',
    path: '/v1/campaigns/{id}/test',
    tag: 'Campaigns',
    summary: 'Sends a text of a campaign to up to ten numbers, or calls them, to try it out',
    description:
      'As the campaign would send it, with its intent, through the gate, which wants the consent of the tester too; the law’s hours hold, the windows of the campaign do not. Tests are marked and counted nowhere, nor are clicks on their links. Send an Idempotency-Key: a request that is repeated without one is another test.',
    access: 'operator',
    params: z.strictObject({ id: uuid }),
    body: testSchema,
    replies: { 201: { description: 'The messages are kept, and judged', body: testedSchema } },
    problems: ['not_found', 'unreadable', 'conflict'],
    handle: async ({ body: given, identity, params: { id } }, { audit, tx }) => {
      const known = await readCampaign(tx, id);
      if (known === null) throw new Problem('not_found', 'There is no such campaign.');
      const campaign = withOwnFields(known);
      const step = stepOf(campaign, given.step, 'body');
      const now = parts.clock.now();
      await checkContent(tx, campaign, { step, variant: given.variant }, { ...parts, now });
      const contact = given.contactId === undefined ? null : await contactOf(tx, given.contactId);
      const values =
        given.language === undefined ? given.values : { ...given.values, language: given.language };
      const tests = [...new Set(given.to)].map((phoneNumber) => {
        const messageId = parts.clock.newId();
        const who = { phoneNumber, variant: given.variant };
        const member = { ...pretended(contact, values, who), step };
        return { messageId, member, content: contentOf(campaign, member, messageId, parts) };
      });
      const routes = await readRoutes(tx, campaign.definition, [...new Set(given.to)], {
        ownNumber: parts.defaultSender,
        carriers: parts.carriers,
        now,
      });
      const ids = tests.map(({ messageId }) => messageId);
      const turns = await writeMessages(
        tx,
        tests.map((test) => messageOf(campaign, test, routes)),
        now,
        { config: parts.gate, pseudonyms: parts.pseudonyms },
      );
      await writeShortLinks(
        tx,
        tests.flatMap((test) => linksOf(campaign, test)),
        now,
      );
      await writeSlotOutbox(tx, parts.producer, turns);
      await markTests(tx, ids, { campaignId: id, by: nameOf(identity), at: now });
      const verdicts = await readVerdicts(tx, ids);
      const messages = tests.map(({ member: { phoneNumber }, messageId, content }) => {
        const verdict = verdicts.get(messageId);
        if (verdict === undefined) throw new Error('a message that was written is not there');
        const rule = verdict.rule ?? 'allowed';
        audit({
          subject: 'message',
          subjectId: messageId,
          action: 'created',
          before: null,
          after: { phoneNumber, testOf: id, intent: campaign.intent, verdict: verdict.state, rule },
        });
        return {
          ...{ id: messageId, phoneNumber, verdict: verdict.state, rule, says: ruleInWords(rule) ?? rule },
          heldUntil: verdict.dueAt?.toISOString() ?? null,
          body: wordsOf(content).body,
        };
      });
      return reply(201, { messages });
    },
  }),
];

type Content = Exclude<Composed, { kind: 'skipped' }>;
interface Test {
  messageId: string;
  member: Member;
  content: Content;
}

/** Whoever tries it out is to see what is wrong with it here, and not on a phone. */
async function checkContent(
  db: Queryable,
  campaign: Campaign,
  { step, variant }: Pick<Member, 'step' | 'variant'>,
  {
    calls,
    carriers,
    defaultSender: ownNumber,
    now,
  }: Pick<TryOutParts, 'calls' | 'carriers' | 'defaultSender'> & { now: Date },
): Promise<void> {
  const definition = wordsOfStep(campaign.definition, step ?? 0);
  const by = sendingBy(await readCampaignSenders(db, definition, { carriers, ownNumber }, now));
  if (definition.drill !== null) {
    throw new Problem(
      'conflict',
      'The campaign starts a drill: start the drill with yourself to try it out.',
    );
  }
  const chosen = definition.variants[variant];
  if (chosen === undefined) {
    throw new Problem('invalid_request', 'The campaign has no such variant.', {
      faults: [{ in: 'body', pointer: '/variant', detail: `is none of its ${definition.variants.length}` }],
    });
  }
  const fields = new Set((await readFields(db)).map(({ name }) => name));
  const [strange] = channelFaults(definition, { by, type: campaign.type });
  if (strange !== undefined) {
    const { message, pointer } = strange;
    throw new Problem('conflict', `The campaign cannot be tried out: ${pointer.slice(1)} ${message}.`);
  }
  const [fault] =
    channelOf(campaign, { step }) === 'voice'
      ? callFaults(definition, chosen, { ...calls, fields })
      : by.whatsApp || isOnWhatsApp(definition)
        ? whatsAppFaults({ ...definition, variants: [chosen] }, fields).map(
            ({ message, pointer }) => `${pointer.replace('/variants/0', '').slice(1)} ${message}`,
          )
        : Object.entries(chosen.bodies).flatMap(([language, body]) =>
            bodyFaults(body, fields).map((message) => `its text in ${language} ${message}`),
          );
  if (fault !== undefined) throw new Problem('conflict', `The campaign cannot be tried out: ${fault}.`);
}

const callFaults = (
  { call, defaultLanguage }: Campaign['definition'],
  { calls }: Campaign['definition']['variants'][number],
  facts: CallFacts,
): string[] =>
  [
    ...callSettingsFaults(call, facts),
    ...callWordsFaults(calls, { at: '/calls', defaultLanguage, call, facts }),
  ].map(({ message, pointer }) => `${pointer.slice(1)} ${message}`);

async function contactOf(db: Queryable, contactId: string): Promise<Member> {
  const { rows } = await db.query<MemberRow>(
    `SELECT contact_id, phone_number, 0 AS variant, 0 AS plans, 0 AS attempts, 'pending' AS state, NULL AS rule, NULL::smallint AS step, ${OF_CONTACT}
       FROM contact WHERE contact_id = $1`,
    [contactId],
  );
  const [row] = rows;
  if (row !== undefined) return memberOf(row);
  throw new Problem('invalid_request', 'There is no such contact.', {
    faults: [{ in: 'body', pointer: '/contactId', detail: 'is no contact' }],
  });
}

function contentOf(
  campaign: Campaign,
  member: Member,
  messageId: string,
  { calls, links: maker }: Pick<TryOutParts, 'calls' | 'links'>,
): Content {
  const shortening = maker === null ? null : { maker, ownerOf: (): string => messageId };
  const compose = composer(campaign.definition, { shortening, calls });
  const content = compose(member, channelOf(campaign, member));
  if (content.kind !== 'skipped') return content;
  throw new Problem('conflict', `There is nothing to send: ${reasonInWords(content.rule) ?? content.rule}`, {
    faults: content.missing.map((field) => ({
      in: 'body',
      pointer: `/values/${field}`,
      detail: 'is needed',
    })),
  });
}

/** From the number that the tester would be written to from. Nothing is kept of it. */
function senderOf(routes: Routes, phone: string, content: Content): SenderAddress {
  const route = routes.take(
    phone,
    content.kind === 'call'
      ? { channel: 'voice', segments: 0 }
      : { channel: 'sms', segments: segmentsIn(content) },
  );
  if (route.kind === 'from') return route.senderNumber;
  throw new Problem('conflict', ruleInWords(route.rule) ?? 'None of its numbers may send now.');
}

const messageOf = (
  { definition, intent }: Campaign,
  { content, member, messageId }: Test,
  routes: Routes,
): MessagesOfBatch => ({
  batchId: messageId,
  phoneNumber: member.phoneNumber,
  causedAt: null,
  timeZone: null,
  isTimeZoneNew: false,
  messages: [
    {
      ...({ messageId, lane: 'bulk', intent } as const),
      ...wordsOf(content),
      senderNumber: senderOf(routes, member.phoneNumber, content),
      causeId: messageId,
      topic: definition.topic,
    },
  ],
});

const linksOf = (
  { campaignId }: Campaign,
  { content, member: { phoneNumber, variant }, messageId }: Test,
): ShortLink[] =>
  (content.kind === 'call' ? [] : content.links).map((link) => ({
    ...link,
    campaignId,
    contactId: null,
    variant,
    messageId,
    phoneNumber,
  }));
