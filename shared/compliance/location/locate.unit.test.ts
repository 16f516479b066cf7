import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { areaCodes, countryOf, zonesOfState } from './area-codes.ts';
import { locate, type Whereabouts } from './locate.ts';
import { statesOfPostalCode } from './postal-codes.ts';
import { parseState, stateCodes } from './states.ts';
import { parseZone } from './zone.ts';

const locateNumber = (phoneNumber: string, profile: Partial<Whereabouts> = {}) =>
  locate({ phoneNumber, zone: null, postalCode: null, state: null, ...profile }, 'states');

describe('Where a person may be', () => {
  const cases: [string, string, Partial<Whereabouts>, string, string, string][] = [
    ['a known zone', '+12125550101', { zone: 'America/Denver' }, 'zone', 'America/Denver', 'NY'],
    ['a zone by an older name', '+12125550101', { zone: 'us/pacific' }, 'zone', 'America/Los_Angeles', 'NY'],
    [
      'a zone, a postal code and a state: states of all that is said',
      '+12125550101',
      { zone: 'America/Denver', postalCode: '78701', state: 'ok' },
      'zone',
      'America/Denver',
      'NY OK TX',
    ],
    ['a postal code', '+12125550101', { postalCode: '30301' }, 'postal_code', 'America/New_York', 'GA NY'],
    [
      'a postal code of a state with two zones',
      '+12125550101',
      { postalCode: '32501-1234' },
      'postal_code',
      'America/Chicago America/New_York',
      'FL NY',
    ],
    [
      'a postal code before a state',
      '+12125550101',
      { postalCode: '98101', state: 'GA' },
      'postal_code',
      'America/Los_Angeles',
      'GA NY WA',
    ],
    ['a state', '+12125550101', { state: 'HI' }, 'state', 'Pacific/Honolulu', 'HI NY'],
    ['an area code', '+12145550101', {}, 'area_code', 'America/Chicago', 'TX'],
    ['a split area code', '+18505550101', {}, 'area_code', 'America/Chicago America/New_York', 'FL'],
    ['its overlay', '+14485550101', {}, 'area_code', 'America/Chicago America/New_York', 'FL'],
    ['Puerto Rico', '+17875550101', {}, 'area_code', 'America/Puerto_Rico', 'PR'],
    ['Guam', '+16715550101', {}, 'area_code', 'Pacific/Guam', 'GU'],
    ['a zone that is no place', '+12145550101', { zone: 'UTC' }, 'area_code', 'America/Chicago', 'TX'],
    ['a zone that is an offset', '+12145550101', { zone: '-05:00' }, 'area_code', 'America/Chicago', 'TX'],
    [
      'unreadable texts',
      '+12145550101',
      { zone: '?', postalCode: 'n/a', state: 'Texas' },
      'area_code',
      'America/Chicago',
      'TX',
    ],
    ['a toll-free number with a state', '+18005550101', { state: 'GA' }, 'state', 'America/New_York', 'GA'],
  ];
  for (const [label, number, profile, source, zones, states] of cases) {
    it(`by ${label}`, () => {
      const location = locateNumber(number, profile);
      assert.equal(location.zoneSource, source);
      assert.equal(location.zones.join(' '), zones);
      assert.equal(location.states.join(' '), states);
      assert.equal(location.stateUnknown, false);
    });
  }

  for (const number of ['+18005550101', '+15005550101', '+12005550101', '+19005550101']) {
    it(`is anywhere in the United States for ${number}`, () => {
      const location = locateNumber(number);
      assert.equal(location.zoneSource, 'none');
      assert.equal(location.stateUnknown, true);
      for (const zone of [
        'America/New_York',
        'America/Los_Angeles',
        'America/Anchorage',
        'Pacific/Honolulu',
        'America/Phoenix',
      ]) {
        assert.ok(location.zones.includes(zone), zone);
      }
      const contiguous = locate(
        { phoneNumber: number, zone: null, postalCode: null, state: null },
        'contiguous',
      );
      assert.ok(!contiguous.zones.includes('Pacific/Honolulu'));
      assert.ok(!contiguous.zones.some((zone) => /Anchorage|Juneau|Adak/.test(zone)));
    });
  }

  it('with a zone alone is still any state', () => {
    const location = locateNumber('+18005550101', { zone: 'America/Chicago' });
    assert.deepEqual(
      [location.zones, location.states, location.stateUnknown],
      [['America/Chicago'], [], true],
    );
  });

  it('is the same object for the same place, however it was found', () => {
    assert.equal(locateNumber('+12125550101'), locateNumber('+13155550199'));
  });

  it('does not depend on who was asked about before, whatever was entered of them', () => {
    locateNumber('+18005550101', { zone: 'America/Boise', postalCode: 'x|' });
    assert.equal(
      locateNumber('+18005550101', { zone: 'America/Boise|x', postalCode: '' }).zoneSource,
      'none',
    );
    locateNumber('539');
    assert.deepEqual(locateNumber('+15395550101').states, ['OK']);
  });

  it('has at least one zone, whatever is said', () => {
    const text = fc.option(fc.string());
    fc.assert(
      fc.property(fc.string(), text, text, text, (phoneNumber, zone, postalCode, state) => {
        const location = locate({ phoneNumber, zone, postalCode, state }, 'states');
        assert.ok(location.zones.length > 0);
        assert.equal(location.stateUnknown, location.states.length === 0);
      }),
    );
  });
});

describe('Area codes', () => {
  it('belong to the country that the numbering plan says', () => {
    for (let code = 200; code < 1_000; code += 1) {
      const parsed = parsePhoneNumberFromString(`+1${code}2345678`);
      if (!parsed?.isValid() || parsed.country === undefined) continue;
      const territory = ['AS', 'GU', 'MP', 'PR', 'VI'].includes(parsed.country);
      assert.equal(countryOf(`+1${code}2345678`), territory ? 'US' : parsed.country, String(code));
    }
  });

  it('are known for every US number that is no service number', () => {
    for (let code = 200; code < 1_000; code += 1) {
      const parsed = parsePhoneNumberFromString(`+1${code}2345678`);
      if (parsed?.country !== 'US' || parsed.getType() !== 'FIXED_LINE_OR_MOBILE') continue;
      assert.ok(areaCodes.has(String(code)), String(code));
    }
  });

  it('know zones that exist, and every state has some', () => {
    for (const [code, { zones }] of areaCodes)
      for (const zone of zones) assert.ok(parseZone(zone), `${code} ${zone}`);
    for (const state of stateCodes) assert.ok((zonesOfState.get(state)?.length ?? 0) > 0, state);
  });

  it('that overlay another have all of its offsets', () => {
    const offsets = (code: string): string => {
      const zones = areaCodes.get(code)?.zones ?? [];
      const at = (zone: string, instant: string): string =>
        new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
          .formatToParts(new Date(instant))
          .find(({ type }) => type === 'timeZoneName')?.value ?? '?';
      const both = zones.map(
        (zone) => `${at(zone, '2026-01-15T12:00:00Z')}/${at(zone, '2026-07-15T12:00:00Z')}`,
      );
      return [...new Set(both)].sort().join(' ');
    };
    for (const [overlay, parent] of [
      ['448', '850'],
      ['364', '270'],
      ['930', '812'],
      ['458', '541'],
      ['986', '208'],
    ] as const) {
      assert.equal(offsets(overlay), offsets(parent), overlay);
      assert.ok(offsets(parent).includes(' '), `${parent} has more than one offset`);
    }
  });
});

describe('Postal codes', () => {
  for (const [code, states] of [
    ['10001', 'NY'],
    ['02101', 'MA'],
    ['2101', 'MA'],
    ['00501', 'NY'],
    ['00901', 'PR'],
    ['00802', 'VI'],
    ['96910', 'GU MP'],
    ['96701', 'HI'],
    ['96799', 'AS'],
    ['99501', 'AK'],
    ['33101', 'FL'],
    ['37201', 'TN'],
    ['20001', 'DC'],
    ['20101', 'VA'],
    ['88510', 'TX'],
    ['60601-1234', 'IL'],
    ['606011234', 'IL'],
    [' 94103 ', 'CA'],
    ['09001', ''],
    ['34001', ''],
    ['96201', ''],
    ['123', ''],
    ['K1A 0B1', ''],
    ['', ''],
  ] as const) {
    it(`${JSON.stringify(code)}: ${states || 'no state'}`, () => {
      assert.equal([...statesOfPostalCode(code)].sort().join(' '), states);
    });
  }

  it('exist in every state and territory but those without a range of their own', () => {
    const seen = new Set<string>();
    for (let prefix = 0; prefix < 1_000; prefix += 1) {
      for (const state of statesOfPostalCode(`${String(prefix).padStart(3, '0')}01`)) seen.add(state);
    }
    assert.deepEqual(
      stateCodes.filter((state) => !seen.has(state)),
      ['AS'],
    );
  });
});

describe('Zones and states as people write them', () => {
  for (const text of [
    'UTC',
    'GMT',
    'Etc/GMT+5',
    'EST',
    'EST5EDT',
    '+05:00',
    '-0500',
    'Zulu',
    '',
    'America',
    'America/Nowhere',
    'x'.repeat(500),
  ]) {
    it(`${JSON.stringify(text.slice(0, 20))} is no place`, () => assert.equal(parseZone(text), null));
  }

  it('are read without regard to case and spaces around', () => {
    assert.equal(parseZone(' america/new_york '), 'America/New_York');
    assert.equal(parseState(' ny '), 'NY');
    assert.equal(parseState('New York'), null);
  });
});
