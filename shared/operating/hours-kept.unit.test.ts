import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decide } from '#shared/compliance/gate.ts';
import { defaultGateConfig, type GateConfig } from '#shared/compliance/gate-config.ts';
import { lawful, localTime } from '#shared/compliance/hours/test-oracle.ts';
import { areaCodes } from '#shared/compliance/location/area-codes.ts';
import { locate } from '#shared/compliance/location/locate.ts';
import { stateCodes } from '#shared/compliance/location/states.ts';
import { factsOf, touchOf } from '#shared/compliance/test-facts.ts';
import { runs } from '#test/properties/runs.ts';
import { type HoursRules, hoursKept, type OwnWindow } from './hours-kept.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const rules: HoursRules = {
  allowed: { from: 480, to: 1_200 },
  closedDays: ['2026-12-24'],
  unknownPlaces: 'states',
};
const config: GateConfig = { ...defaultGateConfig, id: 'as the rules', holidays: ['2026-12-24'] };

/** Every day of 2026 to 2028, those on which clocks change and those around them more often; any second. */
const anyInstant = fc
  .oneof(
    fc.integer({ min: Date.parse('2026-01-02'), max: Date.parse('2028-12-30') }),
    fc
      .tuple(
        fc.constantFrom(
          '2026-03-08',
          '2026-11-01',
          '2027-03-14',
          '2027-11-07',
          '2028-03-12',
          '2028-11-05',
          '2026-12-24',
        ),
        fc.integer({ min: -DAY, max: 2 * DAY }),
      )
      .map(([day, ms]) => Date.parse(day) + ms),
  )
  .map((ms) => Math.floor(ms / 1_000) * 1_000);
const anyWhereabouts = fc.record({
  phoneNumber: fc.oneof(
    fc.constantFrom(...areaCodes.keys()).map((code) => `+1${code}5550101`),
    fc.constantFrom('+18005550101', '+12025550101'),
  ),
  zone: fc.option(
    fc.constantFrom(
      'America/New_York',
      'America/Phoenix',
      'America/Denver',
      'Pacific/Honolulu',
      'america/chicago',
      'UTC',
      '',
    ),
    { freq: 1 },
  ),
  state: fc.option(fc.constantFrom(...stateCodes, 'tx', '??'), { freq: 1 }),
  postalCode: fc.option(fc.constantFrom('10001', '79901', '96799', '99501', '1001', 'x'), { freq: 1 }),
});
/** Few, because the gate works the hours of each out anew for every place. */
const SOME_WINDOWS: readonly (readonly OwnWindow[] | null)[] = [
  null,
  [],
  [{ days: [1, 2, 3, 4, 5], from: '08:30', to: '18:00' }],
  [{ days: [1, 2, 3, 4, 5, 6, 7], from: '19:00', to: '09:00' }],
  [
    { days: [6, 7], from: '12:00', to: '12:01' },
    { days: [7], from: '22:15', to: '11:00' },
  ],
];
const anyTouch = fc.record({
  channel: fc.constantFrom('sms' as const, 'voice' as const),
  windows: fc.constantFrom(...SOME_WINDOWS),
});

const asMinutes = (time: string): number => {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
};

describe('Whether hours were kept, asked afterwards', () => {
  it('is what a plain reading of the law says, in every zone and state in which somebody may be', () => {
    const seen = { lawful: 0, unlawful: 0 };
    fc.assert(
      fc.property(anyInstant, anyWhereabouts, anyTouch, (at, who, touch) => {
        const { states, stateUnknown, zones } = locate(who, 'states');
        const expected = lawful(at, {
          zones,
          states: stateUnknown ? null : states,
          voice: touch.channel === 'voice',
          window: { from: 0, to: 24 * 60 },
        });
        assert.equal(hoursKept(at, who, touch, rules) !== 'outside_law', expected);
        seen[expected ? 'lawful' : 'unlawful'] += 1;
      }),
      { numRuns: runs(3_000) },
    );
    assert.ok(Math.min(seen.lawful, seen.unlawful) > 500, JSON.stringify(seen));
  });

  it('finds nothing to say against what the gate lets go, from its first moment to its last', () => {
    let allowed = 0;
    fc.assert(
      fc.property(anyInstant, anyWhereabouts, anyTouch, (at, who, { channel, windows }) => {
        const own =
          windows?.map(({ days, from, to }) => ({ days, from: asMinutes(from), to: asMinutes(to) })) ?? null;
        const touch = touchOf({
          channel,
          artificialVoice: channel === 'voice',
          intent: 'transactional',
          windows: own,
        });
        const verdict = decide(touch, factsOf(who), at, config);
        if (verdict.verdict !== 'send') return;
        allowed += 1;
        // The last moment is a minute before the hours end.
        for (const moment of [at, verdict.validUntil, verdict.validUntil + MINUTE - 1_000])
          assert.equal(
            hoursKept(moment, who, { channel, windows }, rules),
            'within',
            new Date(moment).toISOString(),
          );
      }),
      { numRuns: runs(600) },
    );
    assert.ok(allowed > 60, `the gate allowed ${allowed}`);
  }).timeout(60_000);

  it('tells the law from the hours of the organisation and of the campaign', () => {
    const who = { phoneNumber: '+13145550101', zone: 'America/Chicago', state: null, postalCode: null };
    const evenings = [{ days: [1, 2, 3, 4, 5, 6, 7], from: '18:00', to: '02:00' }];
    const verdict = (local: string, windows: OwnWindow[] | null = null): string => {
      const at = Date.parse(`${local}:00-06:00`);
      assert.equal(localTime(at, 'America/Chicago').minute, asMinutes(local.slice(-5)));
      return hoursKept(at, who, { channel: 'sms', windows }, rules);
    };
    assert.equal(verdict('2026-12-01T07:59'), 'outside_law');
    assert.equal(verdict('2026-12-01T08:00'), 'within');
    assert.equal(verdict('2026-12-01T19:59'), 'within');
    assert.equal(verdict('2026-12-01T20:00'), 'outside_window');
    assert.equal(verdict('2026-12-01T21:00'), 'outside_law');
    assert.equal(verdict('2026-12-24T12:00'), 'outside_window');
    assert.equal(verdict('2026-12-01T17:59', evenings), 'outside_window');
    assert.equal(verdict('2026-12-01T18:00', evenings), 'within');
    assert.equal(verdict('2026-12-01T18:00', []), 'outside_window');
  });

  it('does not judge what went to other countries', () => {
    for (const phoneNumber of ['+447700900123', '+19025550101', 'erased']) {
      const who = { phoneNumber, zone: null, state: null, postalCode: null };
      assert.equal(hoursKept(0, who, { channel: 'sms', windows: null }, rules), 'unjudged');
    }
  });
});
