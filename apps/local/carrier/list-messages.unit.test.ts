import assert from 'node:assert/strict';
import fc from 'fast-check';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { type ListQuery, matches, parseListQuery } from './list-messages.ts';
import type { Message } from './message.ts';
import { pageOf } from './pages.ts';

function message(ordinal: number, more: Partial<Message> = {}): Message {
  const at = Date.parse('2026-03-02T15:00:00Z') + ordinal * 1_000;
  return {
    sid: `SM${String(ordinal).padStart(32, '0')}`,
    ordinal,
    direction: 'outbound-api',
    carrier: 'twilio',
    reference: {},
    ours: '+14155550100',
    phone: phoneNumber('+14155550101'),
    body: 'x',
    mediaUrls: [],
    messagingServiceSid: null,
    statusCallback: null,
    segments: 1,
    status: 'delivered',
    errorCode: null,
    createdAt: at,
    sentAt: at,
    updatedAt: at,
    optOutType: null,
    webhook: 'none',
    steps: [],
    notices: [],
    ...more,
  };
}

const queryOf = (search: string): ListQuery => {
  const parsed = parseListQuery(search);
  assert.ok(parsed.ok);
  return parsed.query;
};

describe('the filters of a list', () => {
  const sent = message(0, { sentAt: Date.parse('2026-03-02T15:00:00.400Z') });
  const cases: [search: string, matched: boolean][] = [
    ['', true],
    ['To=%2B14155550101', true],
    ['To=%2B14155550100', false],
    ['From=%2B14155550100', true],
    ['From=%2B14155550101', false],
    ['DateSent=2026-03-02', true],
    ['DateSent=2026-03-01', false],
    ['DateSent=2026-03-02T15:00:00Z', true],
    ['DateSent=2026-03-02T15:00:01Z', false],
    ['DateSent%3E=2026-03-02', true],
    ['DateSent%3E=2026-03-03', false],
    ['DateSent%3E=2026-03-02T15:00:00Z', true],
    ['DateSent%3E=2026-03-02T15:00:01Z', false],
    ['DateSent%3C=2026-03-02', true],
    ['DateSent%3C=2026-03-01', false],
    ['DateSent%3C=2026-03-02T15:00:00Z', true],
    ['DateSent%3C=2026-03-02T14:59:59Z', false],
    ['DateSent%3E=2026-03-01&DateSent%3C=2026-03-03', true],
    ['DateSent%3E=2026-03-03&DateSent%3C=2026-03-01', false],
  ];
  for (const [search, matched] of cases) {
    it(`${matched ? 'let a message pass' : 'hold a message back'} by ${search || 'no filter'}`, () => {
      assert.equal(matches(queryOf(search), sent), matched);
    });
  }

  it('hold back what went through another carrier', () => {
    assert.equal(matches(queryOf(''), message(0, { carrier: 'vonage' })), false);
  });

  it('count a message that has not been sent yet with its creation', () => {
    assert.equal(matches(queryOf('DateSent%3E=2026-03-02'), message(0, { sentAt: null })), true);
  });
});

describe('pageOf', () => {
  it('shows every match exactly once over all pages, also when messages arrive in between', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 40 }),
        fc.integer({ min: 1, max: 7 }),
        fc.array(fc.nat({ max: 3 })),
        fc.func(fc.boolean()),
        (count, pageSize, arrivals, isMatch) => {
          const all = Array.from({ length: count }, (_, i) =>
            message(i + 1, isMatch(i) ? {} : { phone: phoneNumber('+14155550102') }),
          );
          const expected = all.filter(({ phone }) => phone === '+14155550101').map(({ sid }) => sid);
          const seen: string[] = [];
          let query = { ...queryOf('To=%2B14155550101'), pageSize };
          for (let page = 0; ; page += 1) {
            const cursor = query.cursor;
            const ordinal = cursor ? (all.find(({ sid }) => sid === cursor.sid)?.ordinal ?? null) : null;
            const isIn = (one: Message): boolean => matches(query, one);
            const { items, older } = pageOf(all.toReversed(), query, isIn, ordinal);
            assert.ok(items.length <= pageSize);
            seen.push(...items.map(({ sid }) => sid));
            const last = items.at(-1);
            if (!older || !last) break;
            for (let i = 0; i < (arrivals[page] ?? 0); i += 1) all.push(message(all.length + 1));
            query = { ...query, cursor: { sid: last.sid, towards: 'older' } };
          }
          assert.deepEqual(seen, expected.toReversed());
        },
      ),
    );
  });
});
