import assert from 'node:assert/strict';
import type { Facts } from '#shared/compliance/facts.ts';
import { type Decision, decide } from '#shared/compliance/gate.ts';
import { defaultGateConfig } from '#shared/compliance/gate-config.ts';
import { lawful, type NaivePlace, sendable } from '#shared/compliance/hours/test-oracle.ts';
import { areaCodes } from '#shared/compliance/location/area-codes.ts';
import { locate } from '#shared/compliance/location/locate.ts';
import { touchOf } from '#shared/compliance/test-facts.ts';
import { seededRandom } from '../test/driver/random.ts';
import { publish } from './figures.ts';
import { aimsOf, benchmarkArguments, type Contender, compare, paceAim, tableOf } from './harness.ts';

/**
 * The gate on one core, facts in memory, against reading local times anew for every touch.
 *
 *   node bench/gate.bench.ts [--quick] [--json FILE]
 *
 * Work: marketing texts to people of every area code (one in five with a state or a postal code, 3 % suppressed, one in
 * ten had three touches lately), planned around the clock over two weeks: about half is held until an instant. The
 * others do less: only the hours, by Intl; the second of them also finds out until when to hold, minute by minute. They
 * are given a part of the work, because they are slow.
 * Gate: ours sends exactly what may be sent by the plain reading that the tests compare with too, and holds until an
 * instant that this allows.
 */
const { quick, json } = benchmarkArguments();
const COUNT = quick ? 20_000 : 200_000;
const REPETITIONS = quick ? 3 : 5;
const HOUR = 3_600_000;
const START = Date.parse('2026-11-16T00:00:00Z');

const random = seededRandom(7);
const pick = <T>(all: readonly T[]): T => {
  const one = all[Math.floor(random() * all.length)];
  assert.ok(one !== undefined);
  return one;
};

interface Work {
  facts: Facts;
  now: number;
}

const codes = [...areaCodes.keys()];
const states = ['NY', 'TX', 'FL', 'CA', 'RI', 'AL'];
const postalCodes = ['10001', '73301', '33101', '94103', '02901', '35004'];

const work: Work[] = Array.from({ length: COUNT }, (_, index) => {
  const now = START + Math.floor(random() * 14 * 24 * HOUR);
  const [profile, suppressed, touched] = [random(), random() < 0.03, random() < 0.1];
  return {
    now,
    facts: {
      phoneNumber: `+1${pick(codes)}555${String(index % 10_000).padStart(4, '0')}`,
      zone: null,
      windowClosesAt: null,
      state: profile < 0.1 ? pick(states) : null,
      postalCode: profile > 0.9 ? pick(postalCodes) : null,
      suppressions: suppressed ? [{ topic: null }] : [],
      consent: {
        status: 'opted_in',
        grants: [{ topic: null, written: true, artificialVoice: false, givenAt: START - 1_000 * HOUR }],
      },
      marketingTouches: touched ? [now - 20 * HOUR, now - 10 * HOUR, now - 2 * HOUR] : [],
      sentForCause: 0,
      carrierConfirmed: false,
      overtaken: false,
      doNotCall: null,
      reassigned: null,
    },
  };
});

const touch = touchOf({ intent: 'marketing' });

const placeOf = ({ facts }: Work): NaivePlace => {
  const { zones, states: named, stateUnknown } = locate(facts, defaultGateConfig.unknownPlaces);
  return { zones, states: stateUnknown ? null : named };
};

/** Every 97th is compared with the plain reading, which is slow. */
function check(decisions: readonly Decision[]): void {
  for (let index = 0; index < work.length; index += 97) {
    const each = work[index];
    const decision = decisions[index];
    assert.ok(each && decision);
    const place = placeOf(each);
    if (each.facts.suppressions?.length) assert.equal(decision.verdict, 'block');
    else if (decision.rule === 'frequency_cap') assert.ok(each.facts.marketingTouches?.length);
    else assert.equal(decision.verdict === 'send', sendable(each.now, place));
    if (decision.verdict === 'hold') assert.ok(sendable(decision.until, place));
  }
}

const rateOf = (count: number, begunAt: number): number => count / ((performance.now() - begunAt) / 1_000);

const ours: Contender = {
  name: 'ours: the whole gate, holds included',
  run: async () => {
    const begunAt = performance.now();
    const decisions = work.map(({ facts, now }) => decide(touch, facts, now, defaultGateConfig));
    const rate = rateOf(COUNT, begunAt);
    check(decisions);
    return rate;
  },
};

const hoursOnly: Contender & { atLeast: number | null } = {
  name: 'hours alone, local time by Intl',
  atLeast: null,
  run: async () => {
    const some = work.slice(0, COUNT / 10);
    const begunAt = performance.now();
    const allowed = some.filter((each) => lawful(each.now, placeOf(each))).length;
    assert.ok(allowed > 0 && allowed < some.length);
    return rateOf(some.length, begunAt);
  },
};

const stepping: Contender & { atLeast: number | null } = {
  name: 'the same, holds by stepping minutes',
  atLeast: null,
  run: async () => {
    const some = work.slice(0, COUNT / 200);
    const begunAt = performance.now();
    for (const each of some) {
      const place = placeOf(each);
      let at = each.now;
      while (!lawful(at, place)) at += 60_000;
    }
    return rateOf(some.length, begunAt);
  },
};

const result = await compare({
  unit: 'touches',
  ours,
  others: [hoursOnly, stepping],
  repetitions: REPETITIONS,
});
await publish(
  {
    benchmark: 'gate',
    config: { touches: COUNT, 'area codes': codes.length, repetitions: REPETITIONS },
    tables: [tableOf(result)],
    aims: [paceAim(result, 50_000), ...aimsOf(result)],
  },
  json,
);
