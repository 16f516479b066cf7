import assert from 'node:assert/strict';
import { type DialogCommand, dialogCommandSchema } from './dialog-commands.ts';

const envelope = {
  commandId: '00000000-0000-4000-8000-000000000001',
  phoneNumber: '+14155550101',
  occurredAt: '2026-11-21T15:00:00.000Z',
};
const drillInstanceId = '00000000-0000-4000-8000-000000000900';
const origin = { kind: 'planned', senderNumber: null, intent: 'transactional' };
const parse = (type: DialogCommand['type'], payload: object) =>
  dialogCommandSchema.safeParse({ ...envelope, type, payload });

const inbound = (texts: { body?: string; url?: string; contentType?: string; carrierMessageId?: string }) =>
  parse('INBOUND_SMS', {
    from: '+14155550101',
    to: '+14155550199',
    body: texts.body ?? 'hello',
    media: [{ url: texts.url ?? 'https://media.example/1', contentType: texts.contentType ?? 'image/png' }],
    carrier: 'twilio',
    carrierMessageId: texts.carrierMessageId ?? 'SM1',
    receivedAt: '2026-11-21T15:00:00.000Z',
    consent: null,
  });
const consent = (scope: string, cause: string) =>
  parse('CONSENT_CHANGED', { status: 'opted_out', scope, method: 'manual', cause });

const texts: Record<string, (text: string) => ReturnType<typeof parse>> = {
  'the body of a message': (body) => parse('SEND_AD_HOC_MESSAGE', { body, origin }),
  'the address of its media': (text) =>
    parse('SEND_AD_HOC_MESSAGE', { body: 'Hi', mediaUrl: `https://example.org/${text}`, origin }),
  'the slug of a drill': (drillSlug) => parse('START_DRILL', { drillSlug, drillInstanceId, origin }),
  'the slug of a prompt': (promptSlug) => parse('TRIGGER_REMINDER', { promptSlug, drillInstanceId, origin }),
  'a name': (name) => parse('UPDATE_USER', { profile: { name } }),
  'a timezone': (timezone) => parse('UPDATE_USER', { profile: { timezone } }),
  'a language': (text) => parse('UPDATE_USER', { profile: { language: `es${text}` } }),
  'an answer': (text) => parse('UPDATE_USER', { profile: { answers: { a: text } } }),
  'the name of an answer': (text) => parse('UPDATE_USER', { profile: { answers: { [text]: 'a' } } }),
  'what is known of an account': (text) => parse('UPDATE_USER', { profile: { accountInfo: { a: text } } }),
  'the name of what is known of an account': (text) =>
    parse('UPDATE_USER', { profile: { accountInfo: { [text]: 'a' } } }),
  'the scope of a consent': (scope) => consent(scope, 'by telephone'),
  'the cause of a consent': (cause) => consent('sender', cause),
  "a carrier's id of a text": (carrierMessageId) => inbound({ carrierMessageId }),
};

describe('What cannot be stored', () => {
  for (const [what, withText] of Object.entries(texts)) {
    it(`is refused in ${what}`, () => {
      assert.equal(withText('well-formed').success, true);
      for (const bad of ['a\0b', 'a\ud800', '\udc00b']) {
        assert.match(withText(bad).error?.message ?? '', /U\+0000/, JSON.stringify(bad));
      }
    });
  }

  it('is taken out of what a person texted', () => {
    const bad = 'a\0b\ud83d';
    const { data } = inbound({ body: bad, url: bad, contentType: bad });
    assert.ok(data?.type === 'INBOUND_SMS');
    assert.equal(data.payload.body, 'ab\ufffd');
    assert.deepEqual(data.payload.media, [{ url: 'ab\ufffd', contentType: 'ab\ufffd' }]);
  });

  it('is not what a whole emoji is', () => {
    assert.equal(texts['a name']?.('Ana \u{1F44D}').success, true);
  });
});
