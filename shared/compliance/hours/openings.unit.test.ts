import assert from 'node:assert/strict';
import fc from 'fast-check';
import { runs } from '#test/properties/runs.ts';
import { decide, nextAllowed } from '../gate.ts';
import { defaultGateConfig, type GateConfig } from '../gate-config.ts';
import { areaCodes, zonesOfState } from '../location/area-codes.ts';
import { type Location, locate } from '../location/locate.ts';
import { stateCodes } from '../location/states.ts';
import { factsOf, touchOf } from '../test-facts.ts';
import { lawful, localTime, type NaivePlace, sendable } from './test-oracle.ts';

const MINUTE = 60_000;
const config = defaultGateConfig;

const placeOf = ({ zones, states, stateUnknown }: Location): NaivePlace => ({
  zones,
  states: stateUnknown ? null : states,
});

const whereabouts = (
  phoneNumber: string,
  profile: { zone?: string; state?: string; postalCode?: string } = {},
) => ({
  phoneNumber,
  zone: profile.zone ?? null,
  state: profile.state ?? null,
  postalCode: profile.postalCode ?? null,
});

/** The first sendable minute from an instant on, by looking at every minute; within two weeks. */
function firstMinute(from: number, place: NaivePlace): number | null {
  if (sendable(from, place)) return from;
  for (let minute = Math.floor(from / MINUTE) * MINUTE + MINUTE; ; minute += MINUTE) {
    if (minute - from > 14 * 24 * 60 * MINUTE) return null;
    if (sendable(minute, place)) return minute;
  }
}

/** Days on which clocks change, 2026 to 2028. */
const CLOCK_CHANGES = ['2026-03-08', '2026-11-01', '2027-03-14', '2027-11-07', '2028-03-12', '2028-11-05'];

/** Area codes with more than one offset, in the United States. */
const SPLIT = [
  '208',
  '219',
  '270',
  '308',
  '423',
  '541',
  '574',
  '601',
  '605',
  '606',
  '620',
  '701',
  '775',
  '785',
  '812',
  '850',
  '906',
  '907',
  '928',
  '986',
];
const SPLIT_CANADA = ['250', '418', '709', '807', '867', '879'];
/** Codes that overlay a split one. */
const OVERLAYS = ['448', '364', '930', '458'];

const usZones = [...new Set([...zonesOfState.values()].flat())].sort();

const decideAt = (now: number, phoneNumber: string, gateConfig: GateConfig = config) =>
  decide(touchOf({ intent: 'transactional' }), factsOf({ phoneNumber }), now, gateConfig);

/** The instant at which a zone shows a local time; of two the earlier. By trying every offset, with Intl alone. */
function instantAt(zone: string, date: string, time: string): number {
  const asIfUtc = Date.parse(`${date}T${time}Z`);
  const minute = Math.floor((asIfUtc / MINUTE) % (24 * 60));
  for (let offset = -14 * 60; offset <= 14 * 60; offset += 15) {
    const instant = asIfUtc + offset * MINUTE;
    const local = localTime(instant, zone);
    if (local.date === date && local.minute === minute) return instant;
  }
  throw new Error(`${zone} never shows ${date} ${time}`);
}

describe('Quiet hours: test item 10, the edges of windows', () => {
  const wide: GateConfig = { ...config, id: 'federal hours alone', defaultWindow: { from: 0, to: 24 * 60 } };
  // A state without rules of its own, so that federal and default hours show; the zone comes from the profile.
  const at = (now: number, zone: string, gateConfig: GateConfig) =>
    decide(
      touchOf({ intent: 'transactional' }),
      factsOf({ phoneNumber: '+14045550101', zone }),
      now,
      gateConfig,
    ).verdict;

  for (const zone of usZones) {
    it(`in ${zone}, on ordinary days and on those on which clocks change`, () => {
      for (const date of ['2026-07-14', '2026-12-15', ...CLOCK_CHANGES]) {
        const edge = (time: string) => instantAt(zone, date, time);
        for (const [time, verdict] of [
          ['07:59:59', 'hold'],
          ['08:00:00', 'send'],
          ['19:58:59', 'send'],
          ['19:59:00', 'hold'],
          ['19:59:59', 'hold'],
          ['20:00:00', 'hold'],
        ] as const) {
          assert.equal(at(edge(time), zone, config), verdict, `${date} ${time}`);
        }
        for (const [time, verdict] of [
          ['07:59:59', 'hold'],
          ['08:00:00', 'send'],
          ['20:58:59', 'send'],
          ['20:59:00', 'hold'],
          ['20:59:59', 'hold'],
          ['21:00:00', 'hold'],
        ] as const) {
          assert.equal(at(edge(time), zone, wide), verdict, `federal, ${date} ${time}`);
        }
        assert.equal(lawful(edge('19:59:59'), { zones: [zone], states: [] }), true);
        assert.equal(lawful(edge('20:00:00'), { zones: [zone], states: [] }), false);
      }
    });
  }

  for (const code of [...SPLIT, ...OVERLAYS]) {
    it(`of area code ${code}, in each of its zones, on days on which clocks change`, () => {
      const phoneNumber = `+1${code}5550101`;
      const place = placeOf(locate(whereabouts(phoneNumber), config.unknownPlaces));
      for (const date of CLOCK_CHANGES) {
        for (const zone of place.zones) {
          for (const time of [
            '07:59:59',
            '08:00:00',
            '08:59:59',
            '09:00:00',
            '10:00:00',
            '19:58:59',
            '19:59:00',
          ]) {
            const now = instantAt(zone, date, time);
            const expected = sendable(now, place) ? 'send' : 'hold';
            assert.equal(decideAt(now, phoneNumber).verdict, expected, `${zone} ${date} ${time}`);
          }
        }
      }
    });

    it(`of area code ${code}: the next opening is the first minute that every zone allows`, () => {
      const phoneNumber = `+1${code}5550101`;
      const place = placeOf(locate(whereabouts(phoneNumber), config.unknownPlaces));
      for (const date of CLOCK_CHANGES) {
        const midnight = Date.parse(`${date}T06:00:00Z`);
        for (const from of [midnight, midnight + 19 * 60 * MINUTE + 12_345]) {
          assert.equal(
            nextAllowed(whereabouts(phoneNumber), 'transactional', from, config),
            firstMinute(from, place),
            `${date} from ${new Date(from).toISOString()}`,
          );
        }
      }
    });
  }

  for (const code of SPLIT_CANADA) {
    it(`of area code ${code} do not matter: nothing planned goes to Canada`, () => {
      const decision = decideAt(Date.parse('2026-07-14T17:00:00Z'), `+1${code}5550101`);
      assert.deepEqual([decision.verdict, decision.rule], ['block', 'country_not_served']);
    });
  }

  it('test item 12: Texas opens at noon on Sundays', () => {
    for (const [instant, verdict] of [
      ['2026-11-29T17:59:59Z', 'hold'],
      ['2026-11-29T18:00:00Z', 'send'],
      ['2026-07-12T16:59:59Z', 'hold'],
      ['2026-07-12T17:00:00Z', 'send'],
    ] as const) {
      assert.equal(decideAt(Date.parse(instant), '+12145550101').verdict, verdict, instant);
    }
  });

  it('test item 13: Rhode Island closes at five on Saturdays, and on Sundays never opens', () => {
    for (const [instant, verdict] of [
      ['2026-07-11T13:59:59Z', 'hold'],
      ['2026-07-11T14:00:00Z', 'send'],
      ['2026-07-11T20:58:59Z', 'send'],
      ['2026-07-11T20:59:00Z', 'hold'],
      ['2026-07-11T21:00:00Z', 'hold'],
      ['2026-07-12T16:00:00Z', 'hold'],
      ['2026-07-13T13:00:00Z', 'send'],
    ] as const) {
      assert.equal(decideAt(Date.parse(instant), '+14015550101').verdict, verdict, instant);
    }
    const saturday = decideAt(Date.parse('2026-07-11T22:00:00Z'), '+14015550101');
    assert.equal(
      saturday.verdict === 'hold' && new Date(saturday.until).toISOString(),
      '2026-07-13T13:00:00.000Z',
    );
  });

  for (const [state, number, dates] of [
    [
      'Louisiana',
      '+15045550101',
      ['2026-02-17', '2026-04-03', '2026-07-03', '2026-07-04', '2026-11-03', '2026-11-26'],
    ],
    ['Alabama', '+12055550101', ['2026-02-17', '2027-12-24', '2027-12-31', '2026-06-01']],
    ['Rhode Island', '+14015550101', ['2026-08-10', '2028-11-10']],
    ['Utah', '+18015550101', ['2026-07-24', '2027-07-23']],
  ] as const) {
    it(`${state} gets nothing on its holidays, actual and observed`, () => {
      for (const date of dates) {
        assert.equal(decideAt(Date.parse(`${date}T19:00:00Z`), number).verdict, 'hold', date);
      }
    });
  }

  it('of an unknown place are those that every state and every zone allows', () => {
    const toll = '+18005550101';
    const open = (instant: string, gateConfig: GateConfig) =>
      decideAt(Date.parse(instant), toll, gateConfig).verdict;
    const contiguous: GateConfig = { ...config, id: 'contiguous', unknownPlaces: 'contiguous' };
    // Monday 2026-07-13: 10:00 Pacific to 18:00 Eastern; with Hawaii 10:00 there, 16:00 Eastern.
    assert.equal(open('2026-07-13T16:59:59Z', contiguous), 'hold');
    assert.equal(open('2026-07-13T17:00:00Z', contiguous), 'send');
    assert.equal(open('2026-07-13T21:58:59Z', contiguous), 'send');
    assert.equal(open('2026-07-13T21:59:00Z', contiguous), 'hold');
    assert.equal(open('2026-07-13T19:59:59Z', config), 'hold');
    assert.equal(open('2026-07-13T20:00:00Z', config), 'send');
    // Saturday to 17:00, never on Sunday.
    assert.equal(open('2026-07-11T20:58:59Z', contiguous), 'send');
    assert.equal(open('2026-07-11T20:59:00Z', contiguous), 'hold');
    assert.equal(open('2026-07-12T19:00:00Z', contiguous), 'hold');
  });
});

describe('Openings', () => {
  const anyNumber = fc
    .constantFrom(...areaCodes.keys(), '800', '555', '200')
    .map((code) => `+1${code}5550101`);
  const anyProfile = fc.record({
    zone: fc.option(fc.constantFrom(...usZones, 'Europe/Berlin', 'UTC', 'nowhere'), { nil: null, freq: 2 }),
    state: fc.option(fc.constantFrom(...stateCodes, 'XX'), { nil: null, freq: 2 }),
    postalCode: fc.option(fc.constantFrom('10001', '33101', '78701', '83701', '96701', '00901'), {
      nil: null,
      freq: 2,
    }),
  });
  const anyInstant = fc
    .integer({ min: Date.parse('2026-01-15T00:00:00Z'), max: Date.parse('2028-12-01T00:00:00Z') })
    // Often right beside a whole hour.
    .chain((instant) =>
      fc.constantFrom(
        instant,
        Math.floor(instant / 3_600_000) * 3_600_000,
        Math.floor(instant / 3_600_000) * 3_600_000 - 60_000,
        Math.floor(instant / 3_600_000) * 3_600_000 - 61_000,
        Math.floor(instant / 3_600_000) * 3_600_000 - 1,
      ),
    );

  it('allow exactly what every zone and every state allows, whoever and whenever', () => {
    fc.assert(
      fc.property(anyNumber, anyProfile, anyInstant, (phoneNumber, profile, now) => {
        const facts = factsOf({ phoneNumber, ...profile });
        const place = placeOf(locate(facts, config.unknownPlaces));
        const decision = decide(touchOf({ intent: 'transactional' }), facts, now, config);
        assert.equal(decision.verdict === 'send', sendable(now, place));
        if (decision.verdict === 'send') {
          assert.ok(lawful(decision.validUntil + 59_999, place), 'valid within the window');
          assert.ok(!lawful(decision.validUntil + 60_000, place), 'valid as long as the window');
        }
      }),
      { numRuns: runs(600) },
    );
  });

  it('allow a recorded voice only what the rules for such devices allow too', () => {
    fc.assert(
      fc.property(anyNumber, anyInstant, (phoneNumber, now) => {
        const facts = factsOf({ phoneNumber });
        const place = { ...placeOf(locate(facts, config.unknownPlaces)), voice: true };
        const touch = touchOf({ intent: 'transactional', channel: 'voice', artificialVoice: true });
        assert.equal(decide(touch, facts, now, config).verdict === 'send', sendable(now, place));
      }),
      { numRuns: runs(200) },
    );
  });

  it('come next at the first minute that is allowed: never earlier, never later', () => {
    fc.assert(
      fc.property(anyNumber, anyProfile, anyInstant, (phoneNumber, profile, from) => {
        const facts = factsOf({ phoneNumber, ...profile });
        const place = placeOf(locate(facts, config.unknownPlaces));
        assert.equal(nextAllowed(facts, 'marketing', from, config), firstMinute(from, place));
      }),
      { numRuns: runs(40) },
    );
  });

  it('are bounded by a programme of narrower windows, also by one that goes past midnight', () => {
    const windows = [
      { days: [1, 3], from: 10 * 60, to: 12 * 60 },
      { days: [5], from: 18 * 60, to: 9 * 60 },
    ];
    const touch = touchOf({ intent: 'transactional', windows });
    const at = (instant: string) => decide(touch, factsOf(), Date.parse(instant), config).verdict;
    // New York in July: four hours behind.
    assert.equal(at('2026-07-13T13:59:59Z'), 'hold');
    assert.equal(at('2026-07-13T14:00:00Z'), 'send');
    assert.equal(at('2026-07-13T15:59:00Z'), 'hold');
    assert.equal(at('2026-07-14T15:00:00Z'), 'hold');
    assert.equal(at('2026-07-17T22:00:00Z'), 'send');
    assert.equal(at('2026-07-18T12:30:00Z'), 'send');
    assert.equal(at('2026-07-18T13:00:00Z'), 'hold');
    assert.equal(at('2026-07-18T02:00:00Z'), 'hold');
  });

  it('do not exist where windows and hours never meet: blocked, not held for ever', () => {
    for (const windows of [
      [],
      [{ days: [7], from: 8 * 60, to: 20 * 60 }],
      [{ days: [1], from: 0, to: 60 }],
    ]) {
      const facts = factsOf({ phoneNumber: '+14015550101' });
      const decision = decide(touchOf({ windows }), facts, Date.parse('2026-07-13T15:00:00Z'), config);
      assert.deepEqual([decision.verdict, decision.rule], ['block', 'no_hours']);
    }
  });

  it('never begin on a day that configuration closes', () => {
    const closed: GateConfig = { ...config, id: 'closed', holidays: ['2026-07-14', 'not a day'] };
    const from = Date.parse('2026-07-14T04:00:00Z');
    assert.equal(nextAllowed(factsOf(), 'transactional', from, closed), Date.parse('2026-07-15T12:00:00Z'));
  });

  it('are never wider than federal hours, whatever the default window', () => {
    const wide: GateConfig = { ...config, id: 'wide', defaultWindow: { from: 0, to: 24 * 60 } };
    assert.equal(decideAt(Date.parse('2026-07-14T11:59:59Z'), '+12125550101', wide).verdict, 'hold');
    assert.equal(decideAt(Date.parse('2026-07-15T01:00:00Z'), '+12125550101', wide).verdict, 'hold');
  });

  it('that no default window leaves do not exist', () => {
    const never: GateConfig = { ...config, id: 'never', defaultWindow: { from: 20 * 60, to: 8 * 60 } };
    assert.equal(decideAt(Date.parse('2026-07-14T15:00:00Z'), '+12125550101', never).rule, 'no_hours');
  });
});
