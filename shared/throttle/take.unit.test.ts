import assert from 'node:assert/strict';
import fc from 'fast-check';
import { runs } from '#test/properties/runs.ts';
import { type GroupState, type Limit, PERIOD_MS, pacedBy, periods, sliceEnd, usedToBefore } from './rule.ts';
import type { Asking, LockedGroup, Taken } from './store.ts';
import { takingsOf } from './take.ts';

const START = Date.parse('2026-11-27T09:00:00Z');
const FRESH_MS = 15_000;

interface Planned {
  campaignId: string;
  at: number;
  /** The limit that was in force. */
  most: number;
}

/** Throttle groups as the database keeps them: what is known from one asking to the next, and nothing else. */
class Groups {
  readonly planned = new Map<string, Planned[]>();
  readonly #groups: Map<string, { limit: Limit; usedTo: number | null; turn: number; clockAt: number }>;
  #used: { group: string; until: number; campaignId: string; used: number }[] = [];
  readonly #asks = new Map<
    string,
    Pick<Taken, 'unmet' | 'held' | 'waits' | 'firstFrom'> & { turn: number; askedAt: number }
  >();

  constructor(limits: Readonly<Record<string, Limit>>) {
    this.#groups = new Map(
      Object.entries(limits).map(([id, limit]) => [id, { limit, usedTo: null, turn: 0, clockAt: START }]),
    );
  }

  change(id: string, change: Partial<Limit>): void {
    const group = this.#group(id);
    group.limit = { ...group.limit, ...change };
  }

  /** As another version has written it. */
  usedTo(id: string, at: number): void {
    this.#group(id).usedTo = at;
  }

  /** Takes a share; returns what it came to, and what gives a part of it back. */
  ask(
    campaignId: string,
    {
      groups: ids,
      queued = 0,
      recent = queued,
      wants,
    }: { groups: readonly string[]; wants: number; queued?: number; recent?: number },
    now: number,
  ) {
    const groups = [...ids].sort().map((id): LockedGroup => {
      const { clockAt, limit, turn, usedTo } = this.#group(id);
      const at = Math.max(now, clockAt);
      const counting = this.#used.filter(
        (each) => each.group === id && each.until > at - PERIOD_MS[limit.per],
      );
      const state: GroupState = {
        ...{ usedTo, turn },
        used: counting.reduce((sum, { used }) => sum + used, 0),
        oldest: counting.length === 0 ? null : Math.min(...counting.map(({ until }) => until)),
      };
      return { id, name: id, limit, state, now: at, aheadMs: at - now };
    });
    const waiting = new Map(
      groups.map(({ id, now: at }) => [
        id,
        [...this.#asks].flatMap(([key, each]): Asking[] => {
          const [group = '', campaign = ''] = key.split(' ');
          if (group !== id) return [];
          const isFresh = each.askedAt > at - FRESH_MS;
          const unmet = isFresh ? each.unmet + each.held : 0;
          if (unmet === 0 && campaign !== campaignId) return [];
          const left = { waits: isFresh && each.waits, isKept: isFresh && each.unmet > 0 };
          return [
            {
              ...left,
              campaignId: campaign,
              turn: each.turn,
              unmet,
              first: isFresh ? each.firstFrom : null,
            },
          ];
        }),
      ]),
    );
    const takings = takingsOf({ campaignId, groups: ids, queued, recent, wants }, groups, waiting);
    this.#used = this.#used.filter(
      ({ group, until }) => until > now - 2 * PERIOD_MS[this.#group(group).limit.per],
    );
    // What was taken when the period was longer.
    for (const { group } of takings) {
      for (const each of this.#used.filter((one) => one.group === group.id))
        each.until = Math.min(each.until, sliceEnd(group.limit, group.now));
    }
    for (const { firstFrom, group, held, ownTurn, taken, turn, unmet, usedTo, waits } of takings) {
      Object.assign(this.#group(group.id), { usedTo, turn, clockAt: group.now });
      if (taken > 0)
        this.#used.push({
          group: group.id,
          until: sliceEnd(group.limit, group.now),
          campaignId,
          used: taken,
        });
      this.#asks.set(`${group.id} ${campaignId}`, {
        ...{ turn: ownTurn, unmet, held, waits, firstFrom },
        askedAt: group.now,
      });
    }
    const count = takings[0]?.taken ?? 0;
    return {
      count,
      /** `at`: when the rest is given back; left out: at once. */
      plan: (
        used: number,
        { at, isReturned, waits }: { isReturned: boolean; waits: boolean; at?: number },
      ): void => {
        for (const { group, usedTo } of takings) {
          const known = this.planned.get(group.id) ?? [];
          this.planned.set(group.id, known);
          for (let n = 0; n < used; n += 1) known.push({ campaignId, at: group.now, most: group.limit.most });
          if (!isReturned) continue;
          const until = sliceEnd(group.limit, group.now);
          if (used < count) this.#used.push({ group: group.id, until, campaignId, used: used - count });
          const kept = this.#group(group.id);
          kept.usedTo = usedToBefore(kept.limit, kept.usedTo, {
            ...{ count, back: count - used, now: Math.max(at ?? group.now, kept.clockAt) },
            paced: pacedBy(group.limit, group.state, { now: group.now, after: usedTo }),
          });
          const own = this.#asks.get(`${group.id} ${campaignId}`);
          if (own !== undefined) {
            own.turn -= count - used;
            if (!waits) Object.assign(own, { unmet: 0, held: 0, waits: false, firstFrom: null });
          }
        }
      },
    };
  }

  countOf(group: string, campaignId?: string): number {
    const all = this.planned.get(group) ?? [];
    return campaignId === undefined
      ? all.length
      : all.filter((each) => each.campaignId === campaignId).length;
  }

  #group(id: string) {
    const group = this.#groups.get(id);
    assert.ok(group);
    return group;
  }
}

const limits = fc.record({
  most: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 300 })),
  per: fc.constantFrom(...periods),
  evenly: fc.boolean(),
});

describe('Throttle groups', () => {
  it('never let more through in a period than their limit, wherever it begins, whoever asks, dies, or has a wrong clock', () => {
    const step = fc.record({
      campaign: fc.constantFrom('A', 'B', 'C'),
      groups: fc.constantFrom(['1'], ['2'], ['1', '2']),
      wants: fc.integer({ min: 1, max: 200 }),
      // Of what it took: what it plans, whether it lives to give the rest back, and whether the next asks before.
      used: fc.double({ min: 0, max: 1, noNaN: true }),
      isReturned: fc.boolean(),
      isLate: fc.boolean(),
      waits: fc.boolean(),
      // Until the next asks: seconds, or a part of a period.
      ms: fc.oneof(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 0, max: 3_600_000 })),
      clock: fc.constantFrom(0, 0, 0, -5_000, 4_000),
    });
    fc.assert(
      fc.property(limits, limits, fc.array(step, { maxLength: 120, size: 'max' }), (one, two, steps) => {
        const groups = new Groups({ 1: one, 2: two });
        let now = START;
        let behind: (() => void) | null = null;
        for (const { campaign, clock, groups: of, isLate, isReturned, ms, used, waits, wants } of steps) {
          const share = groups.ask(campaign, { groups: of, wants }, now + clock);
          assert.ok(share.count <= wants);
          const planned = Math.floor(share.count * used);
          const plan = (): void => share.plan(planned, { isReturned, waits });
          behind?.();
          behind = isLate ? plan : null;
          if (!isLate) plan();
          now += ms;
        }
        behind?.();
        for (const [id, limit] of [
          ['1', one],
          ['2', two],
        ] as const) {
          const planned = [...(groups.planned.get(id) ?? [])].sort((a, b) => a.at - b.at);
          const period = PERIOD_MS[limit.per];
          for (const [index, { at }] of planned.entries()) {
            const before = planned.slice(0, index + 1).filter((each) => each.at > at - period);
            assert.ok(before.length <= limit.most, `${before.length} of ${limit.most}`);
          }
        }
      }),
      { numRuns: runs(300) },
    );
  });

  it('let nothing through after they were lowered until less than that was planned in the period before', () => {
    fc.assert(
      fc.property(
        limits,
        fc.integer({ min: 1, max: 100 }),
        fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 200, size: 'max' }),
        (limit, lower, waits) => {
          const groups = new Groups({ 1: limit });
          let now = START;
          for (const [index, ms] of waits.entries()) {
            if (index === Math.floor(waits.length / 2)) groups.change('1', { most: lower });
            const share = groups.ask('A', { groups: ['1'], wants: 50 }, now);
            share.plan(share.count, { isReturned: true, waits: true });
            now += ms;
          }
          const planned = groups.planned.get('1') ?? [];
          for (const [index, { at, most }] of planned.entries()) {
            const before = planned.slice(0, index + 1).filter((each) => each.at > at - PERIOD_MS[limit.per]);
            assert.ok(before.length <= most, `${before.length} of ${most}`);
          }
        },
      ),
    );
  });

  /** Who waits for such a limit while it is another, asks every `everyMs`; returns when it gets something once it is that, in ms. */
  const waitsOf = (
    before: readonly Limit[],
    limit: Limit,
    everyMs: number,
    until: number | null = null,
  ): number => {
    const groups = new Groups({ 1: before[0] ?? limit });
    let now = START;
    const asks = (): number => {
      const share = groups.ask('A', { groups: ['1'], wants: 1_000 }, now);
      share.plan(share.count, { isReturned: true, waits: true });
      return share.count;
    };
    for (const one of [...before.slice(1), limit]) {
      // Until it lets nothing through, where that comes.
      for (let n = 0; n < 100 && asks() > 0; n += 1) now += everyMs;
      groups.change('1', one);
    }
    if (until !== null) groups.usedTo('1', now + until);
    const changedAt = now;
    while (asks() === 0 && now - changedAt < 2 * PERIOD_MS.day) now += everyMs;
    return now - changedAt;
  };

  it('let something through after a period at the latest once they are changed, whatever they were', () => {
    fc.assert(
      fc.property(
        fc.array(limits, { minLength: 1, maxLength: 4 }),
        limits,
        fc.integer({ min: 500, max: 5_000 }),
        (before, limit, everyMs) => {
          const ms = waitsOf(before, limit, Math.max(everyMs, PERIOD_MS[limit.per] / 300));
          assert.ok(ms <= PERIOD_MS[limit.per] * (62 / 60) + 5_000, `${ms} ms`);
        },
      ),
      {
        // Seed 1732 of the simulation: what went at once counted as an even pace of an hour.
        examples: [
          [[{ most: 4, per: 'hour', evenly: false }], { most: 7, per: 'minute', evenly: true }, 1_000],
        ],
        numRuns: runs(100),
      },
    );
  });

  it('are not kept waiting by what was given back, however slow they have become', () => {
    fc.assert(
      fc.property(
        limits,
        limits,
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 0, max: 60_000 }),
        fc.integer({ min: 0, max: 60_000 }),
        fc.boolean(),
        (before, after, wants, back, asks, isChangedBefore) => {
          const groups = new Groups({ 1: before });
          const share = groups.ask('A', { groups: ['1'], wants }, START);
          if (isChangedBefore) groups.change('1', after);
          share.plan(0, { isReturned: true, waits: true, at: START + back });
          groups.change('1', after);
          assert.ok(groups.ask('A', { groups: ['1'], wants: 1 }, START + back + asks).count > 0);
        },
      ),
      {
        // Seed 6194 of the simulation.
        examples: [
          [
            { most: 3, per: 'minute', evenly: true },
            { most: 3, per: 'day', evenly: true },
            1,
            0,
            30_000,
            false,
          ],
        ],
      },
    );
  });

  it('go by no pace that was written when they had none', () => {
    const limit = { most: 7, per: 'minute', evenly: true } as const;
    assert.ok(waitsOf([{ most: 4, per: 'hour', evenly: false }], limit, 1_000, 2_700_000) <= 9_000);
  });

  /** Campaigns look every second, in an order that changes; returns what each has had. */
  const led = (
    limit: Limit,
    {
      campaigns,
      seconds,
      wants,
    }: { campaigns: readonly string[]; seconds: number; wants(campaign: string, second: number): number },
    groups = new Groups({ 1: limit }),
  ) => {
    for (let second = 0; second < seconds; second += 1) {
      for (let n = 0; n < campaigns.length; n += 1) {
        const campaign = campaigns[(n + second) % campaigns.length] ?? '';
        const wanted = wants(campaign, second);
        if (wanted === 0) continue;
        const share = groups.ask(campaign, { groups: ['1'], wants: wanted }, START + second * 1_000);
        share.plan(share.count, { isReturned: true, waits: share.count < wanted });
      }
    }
    return groups;
  };

  for (const [name, limit] of Object.entries({
    'forty an hour': { most: 40, per: 'hour', evenly: true },
    'six hundred a minute': { most: 600, per: 'minute', evenly: true },
    'five a minute, at once,': { most: 5, per: 'minute', evenly: false },
  } as const)) {
    it(`give ${name} to all alike who wait, however many people each has and how fast each goes`, () => {
      const seconds = 3 * 3_600;
      const wants = { A: 500, B: 100, C: 20 } as const;
      const groups = led(limit, {
        campaigns: Object.keys(wants),
        seconds,
        wants: (campaign) => wants[campaign as keyof typeof wants],
      });
      const counts = Object.keys(wants).map((campaign) => groups.countOf('1', campaign));
      const [least, most] = [Math.min(...counts), Math.max(...counts)];
      assert.ok(most - least <= Math.max(2, most * 0.02), counts.join(', '));
      // And nothing of it is lost but what a period and a slice of it are apart.
      const whole = (limit.most * seconds * 1_000) / PERIOD_MS[limit.per];
      assert.ok(groups.countOf('1') >= whole * (60 / 61) - limit.most, `${groups.countOf('1')} of ${whole}`);
    });
  }

  it('lend what one does not want to the others, at once', () => {
    const limit = { most: 60, per: 'minute', evenly: true } as const;
    const groups = new Groups({ 1: limit });
    led(
      limit,
      {
        campaigns: ['A', 'B'],
        seconds: 600,
        // B has somebody every tenth second.
        wants: (campaign, second) =>
          campaign === 'A' ? 100 : Math.floor(second / 10) + 1 - groups.countOf('1', 'B'),
      },
      groups,
    );
    assert.equal(groups.countOf('1', 'B'), 60);
    assert.ok(groups.countOf('1', 'A') >= 520, String(groups.countOf('1', 'A')));
  });

  it('let nobody make up for what it did not want', () => {
    const limit = { most: 60, per: 'minute', evenly: true } as const;
    const groups = led(limit, { campaigns: ['A'], seconds: 3_600, wants: () => 100 });
    const before = groups.countOf('1', 'A');
    for (let second = 3_600; second < 3_720; second += 1) {
      for (const campaign of ['A', 'B']) {
        const share = groups.ask(campaign, { groups: ['1'], wants: 100 }, START + second * 1_000);
        share.plan(share.count, { isReturned: true, waits: true });
      }
    }
    const [a, b] = [groups.countOf('1', 'A') - before, groups.countOf('1', 'B')];
    assert.ok(Math.abs(a - b) <= 2, `${a} and ${b}`);
  });

  it('keep nobody waiting for a campaign that another of its groups keeps', () => {
    const groups = new Groups({
      1: { most: 60, per: 'minute', evenly: true },
      2: { most: 1, per: 'hour', evenly: true },
    });
    for (let second = 0; second < 600; second += 1) {
      for (const [campaign, of] of [
        ['A', ['1']],
        ['B', ['1', '2']],
      ] as const) {
        const share = groups.ask(campaign, { groups: of, wants: 50 }, START + second * 1_000);
        share.plan(share.count, { isReturned: true, waits: true });
      }
    }
    assert.equal(groups.countOf('2', 'B'), 1);
    assert.ok(groups.countOf('1', 'A') >= 580, String(groups.countOf('1', 'A')));
  });

  /** Campaigns with groups of their own look every few seconds, in an order that changes, and always want more. */
  const overlapping = (
    limits: Readonly<Record<string, Limit>>,
    campaigns: Readonly<Record<string, readonly string[]>>,
    { everySeconds, seconds }: { seconds: number; everySeconds: number },
  ) => {
    const groups = new Groups(limits);
    const names = Object.keys(campaigns);
    const served = new Map(names.map((name): [string, number[]] => [name, []]));
    for (let second = 0; second < seconds; second += everySeconds) {
      for (let n = 0; n < names.length; n += 1) {
        const name = names[(n + second) % names.length] ?? '';
        const now = START + second * 1_000;
        const share = groups.ask(name, { groups: campaigns[name] ?? [], wants: 500 }, now);
        share.plan(share.count, { isReturned: true, waits: true });
        for (let got = 0; got < share.count; got += 1) served.get(name)?.push(now);
      }
    }
    return served;
  };

  for (const [name, limit, hours] of [
    ['forty an hour', { most: 40, per: 'hour', evenly: true }, 3],
    ['twenty a minute, at once,', { most: 20, per: 'minute', evenly: false }, 1 / 3],
  ] as const) {
    it(`give ${name} of two groups also to the campaign that names both`, () => {
      const served = overlapping(
        { 1: limit, 2: limit },
        { A: ['1'], C: ['2'], B: ['1', '2'] },
        { seconds: hours * 3_600, everySeconds: 1 },
      );
      const [a = 0, c = 0, b = 0] = [...served.values()].map(({ length }) => length);
      assert.ok(b >= Math.min(a, c) / 2 && b <= Math.max(a, c), `A ${a}, C ${c}, B ${b}`);
      const whole = (limit.most * hours * 3_600_000) / PERIOD_MS[limit.per];
      assert.ok(Math.min(a, c) + b >= whole * 0.7, `A ${a}, C ${c}, B ${b} of ${whole}`);
    });
  }

  /** Each of four groups has a campaign of its own, and four campaigns name three of them each. */
  const inCircles = {
    ...{ A1: ['1'], A2: ['2'], A3: ['3'], A4: ['4'] },
    ...{ X: ['1', '2', '3'], Y: ['2', '3', '4'], Z: ['1', '3', '4'], W: ['1', '2', '4'] },
  };

  it('give campaigns of several groups, which wait for each other, no less than those of one', () => {
    const limit = { most: 30, per: 'minute', evenly: true } as const;
    const limits = { 1: limit, 2: limit, 3: limit, 4: limit };
    const served = overlapping(limits, inCircles, { seconds: 1_800, everySeconds: 2 });
    const counts = [...served].map(([name, { length }]) => `${name} ${length}`).join(', ');
    for (const name of ['X', 'Y', 'Z', 'W']) {
      assert.ok((served.get(name)?.length ?? 0) >= (30 * 30) / 7, counts);
    }
  });

  it('let each of those go first some time where turns alone would leave it behind in the fast for the slow', () => {
    const limit = { most: 40, per: 'hour', evenly: true } as const;
    const limits = { 1: limit, 2: { ...limit, most: 6 }, 3: limit, 4: { ...limit, most: 5 } };
    const served = overlapping(limits, inCircles, { seconds: 3 * 3_600, everySeconds: 2 });
    const counts = [...served].map(([name, { length }]) => `${name} ${length}`).join(', ');
    for (const at of served.values()) assert.ok(at.length >= 2, counts);
  });

  it('leave nobody who always wants more without anything, however the groups of campaigns overlap', () => {
    const ofAll = (...ids: string[]) => fc.subarray(ids, { minLength: 1 });
    const minutes = fc.record({
      most: fc.integer({ min: 1, max: 30 }),
      per: fc.constant('minute' as const),
      evenly: fc.boolean(),
    });
    const campaigns = fc.array(ofAll('1', '2', '3'), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(
        fc.tuple(minutes, minutes, minutes),
        campaigns,
        fc.integer({ min: 1, max: 5 }),
        ([one, two, three], groups, everySeconds) => {
          const names = Object.fromEntries(groups.map((ids, index) => [`C${index}`, ids]));
          const seconds = 1_800;
          const limits = { 1: one, 2: two, 3: three };
          const served = overlapping(limits, names, { seconds, everySeconds });
          for (const [name, at] of served) {
            // A period and a bit for each of those before it, and as long until it goes before them.
            const most = (3 * groups.length + 1) * 66_000;
            const ends = [START, ...at, START + seconds * 1_000];
            const longest = Math.max(...ends.slice(1).map((each, index) => each - (ends[index] ?? 0)));
            assert.ok(longest <= most, `${name} got nothing for ${longest / 1_000} s`);
          }
        },
      ),
      { numRuns: runs(40) },
    );
  });

  it('go at even distances where they are to, also after nobody wanted anything for long', () => {
    const groups = led(
      { most: 40, per: 'hour', evenly: true },
      { campaigns: ['A'], seconds: 7_200, wants: (_, second) => (second < 3_600 ? 0 : 10) },
    );
    const at = (groups.planned.get('1') ?? []).map((each) => each.at);
    assert.ok(at.length >= 39 && at.length <= 41, String(at.length));
    for (const [index, each] of at.entries()) {
      if (index > 0) assert.ok(each - (at[index - 1] ?? 0) >= 74_000, String(index));
    }
  });

  it('go at even distances also where a share is given back long after it was taken', () => {
    const groups = new Groups({ 1: { most: 6, per: 'minute', evenly: true } });
    const asked = { groups: ['1'], wants: 5 };
    const stuck = groups.ask('A', asked, START);
    assert.equal(stuck.count, 1);
    assert.equal(groups.ask('B', asked, START + 40_000).count, 1);
    stuck.plan(0, { isReturned: true, waits: true, at: START + 40_100 });
    assert.equal(groups.ask('B', asked, START + 40_200).count, 0);
  });

  it('get back what was not used at once, of an even pace too', () => {
    const groups = new Groups({ 1: { most: 6, per: 'minute', evenly: true } });
    const asked = { groups: ['1'], wants: 1 };
    groups.ask('A', asked, START).plan(0, { isReturned: true, waits: false });
    assert.equal(groups.ask('B', asked, START + 100).count, 1);
  });

  it('queue no more ahead than a minute of theirs while senders are away', () => {
    const groups = new Groups({ 1: { most: 120, per: 'hour', evenly: true } });
    const counts = [0, 1, 2].map(
      (queued) => groups.ask('A', { groups: ['1'], wants: 50, queued }, START + queued * 600_000).count,
    );
    assert.deepEqual(counts, [1, 1, 0]);
  });

  it('go on where a few messages stay queued for long, and not where many do', () => {
    const groups = new Groups({ 1: { most: 40, per: 'hour', evenly: true } });
    const counts = [1, 19, 20].map(
      (queued, index) =>
        groups.ask('A', { groups: ['1'], wants: 50, queued, recent: 0 }, START + index * 600_000).count,
    );
    assert.deepEqual(counts, [1, 1, 0]);
  });
});
