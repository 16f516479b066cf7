import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { PhoneView } from '#shared/simulator/phone-view.ts';
import { conversationText, messageLines, wrap } from './conversation.ts';

const look = { width: 50, timeZone: 'UTC' };

const message = (more: Partial<PhoneView>): PhoneView => ({
  id: 'SM1',
  direction: 'to_phone',
  from: '+14155550100',
  to: '+14155550101',
  body: 'Hello',
  mediaUrls: [],
  status: 'delivered',
  errorCode: null,
  at: '2026-03-02T15:00:00.000Z',
  ...more,
});
const fromPhone = {
  direction: 'from_phone',
  from: '+14155550101',
  to: '+14155550100',
  status: 'received',
} as const;

describe('messageLines', () => {
  it('wraps words under each other and keeps line breaks', () => {
    const body = 'Wash your hands for twenty seconds, every time.\nReply 1 or 2.';
    assert.equal(
      messageLines(message({ body }), look),
      [
        '  15:00:00  <-  Wash your hands for twenty',
        '                seconds, every time.',
        '                Reply 1 or 2.',
      ].join('\n'),
    );
  });

  it('says what went wrong, and nothing when nothing did', () => {
    assert.equal(messageLines(message({}), look), '  15:00:00  <-  Hello');
    assert.match(
      messageLines(message({ status: 'undelivered', errorCode: 30003 }), look),
      /\(undelivered, error 30003\)/,
    );
    assert.match(messageLines(message({ status: 'sent' }), look), /\(sent\)/);
    assert.match(messageLines(message({ ...fromPhone, status: 'failed' }), look), /did not take it/);
  });

  it('shows pictures by their address', () => {
    const mediaUrls = ['https://m.example/1.png'];
    assert.match(messageLines(message({ body: '', mediaUrls }), look), /\[https:\/\/m\.example\/1\.png\]/);
  });
});

describe('conversationText', () => {
  it('shows days, sides and order', () => {
    const text = conversationText(
      '+14155550101',
      [
        message({ ...fromPhone, body: 'HANDWASH' }),
        message({ body: 'Welcome', at: '2026-03-02T15:00:02.000Z' }),
        message({ body: 'Ready?', at: '2026-03-02T15:00:03.000Z' }),
        message({ ...fromPhone, body: 'yes', at: '2026-03-03T08:00:00.000Z' }),
      ],
      look,
    );
    assert.equal(
      text,
      [
        '+14155550101 with +14155550100',
        '',
        'Monday, March 2, 2026',
        '',
        '  15:00:00  ->  HANDWASH',
        '',
        '  15:00:02  <-  Welcome',
        '  15:00:03  <-  Ready?',
        '',
        'Tuesday, March 3, 2026',
        '',
        '  08:00:00  ->  yes',
      ].join('\n'),
    );
  });

  it('says so when there are no messages', () => {
    assert.match(conversationText('+14155550101', [], look), /no messages/);
  });
});

describe('wrap', () => {
  it('loses nothing but spaces at the ends of lines, and keeps to the width', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 40 }), (text, width) => {
        const lines = wrap(text, width);
        assert.ok(lines.every((line) => line.length <= width));
        const bare = (value: string): string => value.replace(/[ \n]/g, '');
        assert.equal(bare(lines.join('\n')), bare(text));
      }),
    );
  });
});
