import assert from 'node:assert/strict';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { whatsAppOf } from '#shared/phone/sender-address.ts';
import { fileOf, nameOf } from '../driver/contacts-file.ts';
import { zoneInDaytime } from '../driver/daytime.ts';
import type { System } from '../driver/system.ts';
import { eventually } from '../eventually.ts';
import { Outreach } from '../outreach/client.ts';

const NUMBER = phoneNumber('+14155550193');
const OURS = whatsAppOf(NUMBER);
const ANA = phoneNumber('+14155550151');
const BEN = phoneNumber('+14155550152');
const SID = `HX${'0123456789abcdef'.repeat(2)}`;
const DAY_MS = 86_400_000;

const heard = async (system: System, phone: typeof ANA) =>
  (await system.simulator.conversation(phone))
    .filter(({ direction }) => direction === 'to_phone')
    .map(({ body, from, status }) => ({ body, from, status }));

/** The conversation of somebody, through the API. */
async function conversationOf(system: System, phone: typeof ANA) {
  const api = await system.api();
  const { data } = await api.GET('/v1/conversations', { params: { query: { phone } } });
  const [found] = data?.items ?? [];
  assert.ok(found, 'there is no conversation');
  return found;
}

async function reply(system: System, phone: typeof ANA, body: string) {
  const api = await system.api();
  const { id, upTo } = await conversationOf(system, phone);
  const { data } = await api.POST('/v1/conversations/{id}/reply', {
    params: { path: { id } },
    body: { body, ...(upTo === null ? {} : { upTo }) },
  });
  assert.ok(data, 'the answer was refused');
  return data;
}

/** People who are written to by WhatsApp, answer there, and are answered there. */
export function describeWhatsApp(running: () => System): void {
  describe('with a campaign by WhatsApp', () => {
    let system: System;
    before(() => {
      system = running();
    });

    it('sends its approved template, filled, hears who reads it, answers there, and stops everything at a STOP', async () => {
      const outreach = await Outreach.of(system);
      const api = await system.api();
      await system.simulator.approve({ contentSid: SID, body: 'Hello {{1}}, the clinic is open.' });
      await api.POST('/v1/sender-pools', { body: { name: 'chats' } });
      const made = await api.POST('/v1/senders', {
        body: { senderNumber: NUMBER, type: 'whatsapp', pool: 'chats', carrier: 'twilio' },
      });
      assert.equal(made.data?.senderNumber, OURS);
      const timeZone = zoneInDaytime(await system.now());
      const list = await outreach.makeList('by WhatsApp');
      await outreach.importContacts(
        fileOf([ANA, BEN], () => timeZone),
        list,
      );
      const id = await outreach.makeCampaign({
        name: 'By WhatsApp',
        type: 'sms',
        definition: {
          audience: { include: [list] },
          variants: [
            {
              name: 'A',
              bodies: { en: 'Hello {{1}}, the clinic is open.' },
              templates: { en: { contentSid: SID, variables: { 1: '{{name}}' } } },
            },
          ],
          senderPool: 'chats',
          windows: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '23:59' }],
          timeZone,
        },
      });
      await outreach.tell(id, 'start');
      for (const phone of [ANA, BEN]) {
        await eventually(async () =>
          assert.deepEqual(await heard(system, phone), [
            { body: `Hello ${nameOf(phone)}, the clinic is open.`, from: OURS, status: 'read' },
          ]),
        );
      }
      await eventually(async () => {
        const { data } = await api.GET('/v1/campaigns/{id}/metrics', { params: { path: { id } } });
        assert.deepEqual(
          data?.deliveries.map(({ messages, outcome }) => [outcome, messages]),
          [['read', 2]],
        );
      });

      await system.simulator.text(ANA, 'When do you close?', OURS);
      await eventually(async () => {
        const { campaignId, channel, ourNumber } = await conversationOf(system, ANA);
        assert.deepEqual([campaignId, channel, ourNumber], [id, 'whatsapp', OURS]);
      });
      await reply(system, ANA, 'At five.');
      await eventually(async () =>
        assert.deepEqual((await heard(system, ANA)).at(-1), { body: 'At five.', from: OURS, status: 'read' }),
      );

      await system.simulator.text(BEN, 'STOP', OURS);
      await eventually(async () => {
        const said = await heard(system, BEN);
        assert.deepEqual([said.length, said.at(-1)?.from], [2, OURS]);
      });
      // A STOP there holds for texts as well.
      const { data: sent } = await api.POST('/v1/messages', {
        body: { phoneNumber: BEN, body: 'Hello', intent: 'transactional' },
      });
      assert.deepEqual([sent?.verdict, sent?.rule], ['blocked', 'suppressed']);
    });
  });
}

/** Skips time to the day after. */
export function describeWhatsAppLater(running: () => System): void {
  describe('with a conversation by WhatsApp of the day before', () => {
    it('sends no free text there, and says why, until the person writes again', async () => {
      const system = running();
      await system.skip({ to: new Date((await system.now()).getTime() + DAY_MS).toISOString() });
      const before = (await heard(system, ANA)).length;
      const late = await reply(system, ANA, 'Are you coming?');
      assert.deepEqual([late.verdict, late.rule], ['blocked', 'whatsapp_window']);
      await system.simulator.text(ANA, 'Are you still there?', OURS);
      await eventually(async () =>
        assert.equal((await conversationOf(system, ANA)).lastText, 'Are you still there?'),
      );
      await reply(system, ANA, 'We are.');
      await eventually(async () => {
        const since = (await heard(system, ANA)).slice(before);
        assert.deepEqual(
          since.map(({ body, from, status }) => [body, from, status]),
          [['We are.', OURS, 'read']],
        );
      });
    });
  });
}
