import assert from 'node:assert/strict';
import type { ReceivedWebhook } from '#shared/carriers/carrier.ts';
import { originationSettings } from '#shared/carriers/settings.ts';
import { parseInboundCall, parseKeys } from '#shared/carriers/twilio/voice-parameters.ts';
import { parseInbound, parseStatus } from '#shared/carriers/twilio/webhook-parameters.ts';
import { parseMessage } from '#shared/carriers/vonage/messages-webhooks.ts';
import { fromVonage } from '#shared/carriers/vonage/numbers.ts';
import { readConfig } from '#shared/config.ts';
import { givenContactPhone, givenPhone } from '../../apps/api/http/phone.ts';

/** Addresses of one number on channels that are no texts; only WhatsApp is one that we speak. */
const WHATSAPP = 'whatsapp:+14155550101';
const ADDRESSES = [WHATSAPP, 'rcs:+14155550101', 'messenger:+14155550101'];
const OURS = '+14155550199';

const form = (parameters: Record<string, string>): ReceivedWebhook => ({
  method: 'POST',
  target: '/webhooks/twilio/sms',
  header: () => undefined,
  body: Buffer.alloc(0),
  parameters: new Map(Object.entries(parameters).map(([name, value]) => [name, [value]])),
});

describe('an address of another channel than texts', () => {
  for (const address of ADDRESSES) {
    describe(address, () => {
      it('is no text at Twilio, on whichever side it stands', () => {
        for (const [From, To] of [
          [address, OURS],
          ['+14155550101', address],
        ] as const) {
          const parsed = parseInbound(form({ MessageSid: 'SM1', From, To, Body: 'hello' }));
          assert.equal(parsed.kind, 'other_channel');
        }
      });

      it('names somebody in a status only where something of ours could have gone to', () => {
        const parsed = parseStatus(form({ MessageSid: 'SM1', MessageStatus: 'delivered', To: address }));
        assert.ok(parsed.kind === 'status');
        assert.equal(parsed.report.phoneNumber, address === WHATSAPP ? '+14155550101' : null);
      });

      it('is nobody who can be opted out by a call, which does not come by telephone', () => {
        const call = { CallSid: 'CA1', From: address, To: OURS, Direction: 'inbound', CallStatus: 'ringing' };
        const inbound = parseInboundCall(form(call));
        const key = parseKeys(form({ ...call, Digits: '9' }));
        assert.ok(inbound.kind === 'parsed' && key.kind === 'parsed');
        assert.deepEqual([inbound.report.from, key.report.phoneNumber], [null, null]);
      });

      it('is no number of Vonage, of a request, of a contact, nor one that we send from', () => {
        assert.equal(fromVonage(address), null);
        assert.ok(!givenPhone.safeParse(address).success);
        assert.ok(!givenContactPhone.safeParse(address).success);
        assert.throws(() => readConfig(originationSettings, { ORIGINATION_NUMBER: address }), {
          code: 'invalid_configuration',
        });
      });
    });
  }

  for (const channel of ['whatsapp', 'rcs', 'messenger', 'viber_service']) {
    it(`is not texted through Vonage's channel ${channel}`, () => {
      const parsed = parseMessage({
        channel,
        message_uuid: 'uuid',
        from: '14155550101',
        to: '14155550199',
        message_type: 'text',
        text: 'STOP',
      });
      assert.ok(parsed.kind === 'other_channel');
      // An opt-out counts wherever it is written.
      assert.deepEqual([parsed.channel, parsed.phoneNumber], [channel, '+14155550101']);
    });
  }
});
