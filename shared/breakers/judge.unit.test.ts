import assert from 'node:assert/strict';
import fc from 'fast-check';
import { addSamples, type BreakerLimits, type Sample, tripInWords, tripOf } from './judge.ts';

const limits: BreakerLimits = { least: 100, most: { undelivered: 0.2, filtered: 0.05, opted_out: 0.05 } };
const sample = (more: Partial<Sample>): Sample => ({
  sent: 1_000,
  known: 1_000,
  undelivered: 0,
  filtered: 0,
  optedOut: 0,
  ...more,
});

const anySample: fc.Arbitrary<Sample> = fc
  .tuple(
    fc.nat(5_000),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  )
  .chain(([sent, a, b]) => {
    const known = Math.floor(sent * a);
    const undelivered = Math.floor(known * b);
    return fc.record({
      sent: fc.constant(sent),
      known: fc.constant(known),
      undelivered: fc.constant(undelivered),
      filtered: fc.nat(undelivered),
      optedOut: fc.nat(sent),
    });
  });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const anyLimits: fc.Arbitrary<BreakerLimits> = fc.record({
  least: fc.integer({ min: 1, max: 2_000 }),
  most: fc.record({ undelivered: share, filtered: share, opted_out: share }),
});

describe('A circuit breaker', () => {
  const rows: [label: string, sample: Sample, measure: string | null][] = [
    ['nothing wrong', sample({}), null],
    ['as many as may', sample({ undelivered: 200 }), null],
    ['one more than may', sample({ undelivered: 201 }), 'undelivered'],
    ['spam before the rest of what did not arrive', sample({ undelivered: 400, filtered: 51 }), 'filtered'],
    ['people who have enough', sample({ optedOut: 51 }), 'opted_out'],
    ['too few to say', sample({ sent: 99, known: 99, undelivered: 99, filtered: 99, optedOut: 99 }), null],
    ['few ends known, many opt-outs', sample({ known: 5, undelivered: 5, optedOut: 60 }), 'opted_out'],
    ['nothing sent', sample({ sent: 0, known: 0 }), null],
  ];
  for (const [label, what, measure] of rows) {
    it(`${measure === null ? 'stays closed' : `trips by ${measure}`}: ${label}`, () => {
      assert.equal(tripOf(what, limits)?.measure ?? null, measure);
    });
  }

  it('says what tripped it in words and figures', () => {
    const trip = tripOf(sample({ filtered: 77 }), limits);
    assert.ok(trip);
    assert.equal(
      tripInWords(trip),
      '77 of the last 1000 messages (7.7 %) were filtered by carriers as spam; at most 5 % may.',
    );
  });

  it('never trips by fewer messages than it needs, and by nothing that is not above its limit', () => {
    fc.assert(
      fc.property(anySample, anyLimits, (what, rules) => {
        const trip = tripOf(what, rules);
        if (trip === null) return;
        assert.ok(trip.of >= rules.least);
        assert.ok(trip.count / trip.of > rules.most[trip.measure] - 1e-9);
        assert.ok(trip.count <= trip.of);
      }),
    );
  });

  it('trips whenever a share is above its limit of enough messages', () => {
    fc.assert(
      fc.property(anySample, anyLimits, (what, rules) => {
        const isAbove =
          (what.known >= rules.least &&
            (what.undelivered > rules.most.undelivered * what.known ||
              what.filtered > rules.most.filtered * what.known)) ||
          (what.sent >= rules.least && what.optedOut > rules.most.opted_out * what.sent);
        assert.equal(tripOf(what, rules) !== null, isAbove);
      }),
    );
  });

  it('is never tripped by messages that arrived', () => {
    fc.assert(
      fc.property(anySample, anyLimits, fc.nat(1_000), (what, rules, arrived) => {
        if (what.sent < rules.least || what.known < rules.least || tripOf(what, rules) !== null) return;
        const better = addSamples(what, {
          sent: arrived,
          known: arrived,
          undelivered: 0,
          filtered: 0,
          optedOut: 0,
        });
        assert.equal(tripOf(better, rules), null);
      }),
    );
  });
});
