import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type CampaignSender, carrierShares, readinessOf } from './campaign-senders.ts';
import { Routes } from './routes.ts';

const NOW = new Date('2026-03-05T17:00:00Z');
const ENDS = new Date('2026-03-06T08:00:00Z');
const sender = (n: number, more: Partial<CampaignSender> = {}): CampaignSender => ({
  senderNumber: `+1646555010${n}`,
  carrier: 'twilio',
  isSetUp: true,
  rate: 1,
  isKnown: true,
  pool: 'flu',
  poolRate: null,
  halted: false,
  carrierPaused: false,
  canCall: true,
  dayLeft: null,
  poolDayLeft: null,
  dayCap: null,
  poolDayCap: null,
  dayEnds: ENDS,
  ...more,
});
const routes = (
  senders: readonly CampaignSender[],
  kept: [string, string][] = [],
  pool: string | null = 'flu',
) => new Routes({ pool, senders, kept: new Map(kept), outstanding: new Map(), now: NOW });
const ANN = '+12125550101';
const text = (segments: number) => ({ channel: 'sms' as const, segments });

describe('From which number contacts of a campaign are written to', () => {
  it('is the one they were written to from before, as long as it is in the pool and goes', () => {
    const kept: [string, string][] = [[ANN, '+16465550102']];
    assert.deepEqual(routes([sender(1), sender(2)], kept).take(ANN, text(1)), {
      kind: 'from',
      carrier: 'twilio',
      senderNumber: '+16465550102',
    });
    const halted = routes([sender(1), sender(2, { halted: true })], kept);
    assert.deepEqual(halted.take(ANN, text(1)), {
      kind: 'from',
      carrier: 'twilio',
      senderNumber: '+16465550101',
    });
    assert.deepEqual([...halted.chosen], [[ANN, '+16465550101']]);
    assert.deepEqual(routes([sender(1)], kept).take(ANN, text(1)), {
      kind: 'from',
      carrier: 'twilio',
      senderNumber: '+16465550101',
    });
  });

  it('does not change for anybody when a number joins, whoever was written to before', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.uniqueArray(fc.integer({ min: 1_000, max: 9_999 }), { minLength: 1, maxLength: 50 }),
        (count, people) => {
          const senders = Array.from({ length: count }, (_, n) => sender(n + 1));
          const first = routes(senders);
          const phones = people.map((n) => `+1212555${n}`);
          const before = phones.map((phone) => first.take(phone, text(1)));
          const more = routes([...senders, sender(9, { rate: 100 })], [...first.chosen]);
          assert.deepEqual(
            phones.map((phone) => more.take(phone, text(1))),
            before,
          );
        },
      ),
    );
  });

  it('waits for tomorrow when its day is used up, and moves nobody to another number', () => {
    const used = sender(1, { dayLeft: 1 });
    const some = routes([used, sender(2)], [[ANN, used.senderNumber]]);
    assert.deepEqual(some.take(ANN, text(2)), { kind: 'held', rule: 'sender_daily_cap', until: ENDS });
    assert.equal(some.take(ANN, text(1)).kind, 'from');
    assert.equal(some.take(ANN, text(1)).kind, 'held');
    // Whoever has no number yet gets one that may still send.
    assert.deepEqual(some.take('+12125550102', text(1)), {
      kind: 'from',
      carrier: 'twilio',
      senderNumber: '+16465550102',
    });
  });

  it('counts the day of a pool over all its numbers', () => {
    const some = routes([sender(1, { poolDayLeft: 3 }), sender(2, { poolDayLeft: 3 })]);
    const kinds = Array.from({ length: 5 }, (_, n) => some.take(`+1212555${1_000 + n}`, text(1)).kind);
    assert.deepEqual(kinds, ['from', 'from', 'from', 'held', 'held']);
  });

  it('lets a text go that is longer than a whole day, as the first of a day and alone', () => {
    const own = { dayCap: 1, poolDayCap: null, poolDayLeft: null };
    const pooled = { dayCap: null, poolDayCap: 2, dayLeft: null };
    for (const [untouched, used] of [
      [sender(1, { ...own, dayLeft: 1 }), sender(1, { ...own, dayLeft: 0 })],
      [sender(1, { ...pooled, poolDayLeft: 2 }), sender(1, { ...pooled, poolDayLeft: 1 })],
    ] as const) {
      const some = routes([untouched]);
      assert.equal(some.take(ANN, text(3)).kind, 'from');
      assert.equal(some.take('+12125550102', text(1)).kind, 'held');
      assert.equal(routes([used]).take(ANN, text(3)).kind, 'held');
      const outstanding = new Map([[untouched.senderNumber, 1]]);
      const waiting = new Routes({
        pool: 'flu',
        senders: [untouched],
        kept: new Map(),
        outstanding,
        now: NOW,
      });
      assert.equal(waiting.take(ANN, text(3)).kind, 'held');
    }
  });

  it('is another one of the pool while the carrier of theirs takes nothing, and waits where there is no other', () => {
    const paused = sender(1, { carrierPaused: true });
    const [first, own] = [sender(2), paused];
    const standingIn = routes([own, first], [[ANN, own.senderNumber]]);
    assert.deepEqual(standingIn.take(ANN, text(1)), {
      kind: 'from',
      carrier: 'twilio',
      senderNumber: first.senderNumber,
    });
    assert.deepEqual([...standingIn.chosen], [], 'theirs is still theirs');
    const alone = routes([paused, sender(2, { halted: true })]).take(ANN, text(1));
    assert.deepEqual(alone.kind === 'held' && alone.rule, 'carrier_paused');
    assert.deepEqual(readinessOf([paused], 'sms'), {
      kind: 'waits',
      reason: 'Waits: the carrier of its numbers takes nothing just now.',
      until: null,
    });
  });

  it('is another one of the pool where the carrier of theirs is not set up, and is kept then', () => {
    const elsewhere = sender(1, { carrier: 'vonage', isSetUp: false, rate: 1_000 });
    const some = routes([elsewhere, sender(2)], [[ANN, elsewhere.senderNumber]]);
    assert.deepEqual(some.take(ANN, text(1)), {
      kind: 'from',
      carrier: 'twilio',
      senderNumber: '+16465550102',
    });
    assert.deepEqual([...some.chosen], [[ANN, '+16465550102']]);
    const alone = routes([elsewhere]).take(ANN, text(1));
    assert.ok(alone.kind === 'held' && alone.rule === 'carrier_not_set_up' && alone.until > NOW);
    // A number that is only halted comes back sooner.
    const halted = routes([elsewhere, sender(2, { halted: true })]).take(ANN, text(1));
    assert.ok(halted.kind === 'held' && halted.rule === 'sender_halted');
    const none = routes([]).take(ANN, text(1));
    assert.ok(none.kind === 'held' && none.rule === 'sender_halted');
  });

  it('waits when all numbers are halted', () => {
    const route = routes([sender(1, { halted: true })]).take(ANN, text(1));
    assert.ok(route.kind === 'held' && route.rule === 'sender_halted' && route.until > NOW);
  });
});

describe('Whether the numbers of a campaign can send', () => {
  it('is as fast as they are together, and no faster than their pool', () => {
    assert.deepEqual(readinessOf([sender(1), sender(2, { rate: 3 })], 'sms'), { kind: 'ready', rate: 4 });
    const pooled = { poolRate: 2 };
    assert.deepEqual(readinessOf([sender(1, pooled), sender(2, { rate: 3, ...pooled })], 'sms'), {
      kind: 'ready',
      rate: 2,
    });
    assert.deepEqual(readinessOf([sender(1, { isKnown: false, pool: null })], 'sms'), {
      kind: 'ready',
      rate: null,
    });
  });

  it('leaves out those that are halted or have sent what they may today', () => {
    assert.deepEqual(
      readinessOf([sender(1), sender(2, { halted: true }), sender(3, { dayLeft: 0 })], 'sms'),
      {
        kind: 'ready',
        rate: 1,
      },
    );
  });

  it('leaves out those whose carriers are not set up, and names the carriers where no others are left', () => {
    const vonage = (n: number) => sender(n, { carrier: 'vonage', isSetUp: false, rate: 30 });
    assert.deepEqual(readinessOf([sender(1), vonage(2)], 'sms'), { kind: 'ready', rate: 1 });
    const reasonOf = (senders: readonly CampaignSender[]): string => {
      const readiness = readinessOf(senders, 'sms');
      assert.ok(readiness.kind === 'waits' && readiness.until === null);
      return readiness.reason;
    };
    assert.equal(
      reasonOf([vonage(1)]),
      'Waits: the number that it is sent from, +16465550101, is at Vonage, which is not set up (CARRIERS).',
    );
    assert.equal(
      reasonOf([vonage(1), vonage(2), sender(3, { carrier: 'aws', isSetUp: false })]),
      'Waits: all 3 numbers that it is sent from are at carriers that are not set up (CARRIERS): Vonage, AWS.',
    );
    assert.equal(
      reasonOf([vonage(1), sender(2, { halted: true })]),
      'Waits: all 2 numbers that it is sent from are halted, or at carriers that are not set up (CARRIERS): Vonage.',
    );
  });

  it('waits with a reason when none can', () => {
    const halted = readinessOf([sender(1, { halted: true })], 'sms');
    assert.deepEqual(halted, {
      kind: 'waits',
      reason: 'Waits: the number that it is sent from, +16465550101, is halted.',
      until: null,
    });
    const used = readinessOf([sender(1, { dayLeft: -2 }), sender(2, { halted: true })], 'sms');
    assert.ok(used.kind === 'waits' && used.until?.getTime() === ENDS.getTime());
    assert.equal(readinessOf([], 'sms').kind, 'waits');
  });
});

describe('Through which carriers a campaign goes', () => {
  const vonage = sender(2, { carrier: 'vonage', rate: 3 });

  it('is by how fast its numbers send', () => {
    assert.deepEqual(
      carrierShares([sender(1), vonage], 'twilio'),
      new Map([
        ['twilio', 0.25],
        ['vonage', 0.75],
      ]),
    );
  });

  it('is by those that may send, or by all where none may', () => {
    assert.deepEqual(
      carrierShares([sender(1, { halted: true }), vonage], 'twilio'),
      new Map([['vonage', 1]]),
    );
    const elsewhere = { ...vonage, isSetUp: false };
    assert.deepEqual(carrierShares([sender(1), elsewhere], 'twilio'), new Map([['twilio', 1]]));
    assert.deepEqual(carrierShares([elsewhere], 'twilio'), new Map([['vonage', 1]]));
    assert.deepEqual(carrierShares([], 'aws'), new Map([['aws', 1]]));
  });
});
