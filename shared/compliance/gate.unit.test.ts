import assert from 'node:assert/strict';
import { CAP_MARGIN_MS, CLOCK_SKEW_MS } from './case.ts';
import type { Consent, Facts, Grant } from './facts.ts';
import { type Decision, decide } from './gate.ts';
import { defaultGateConfig, type GateConfig } from './gate-config.ts';
import { blockingRules, doubtRules, gateRules, timingRules } from './rules.ts';
import { rulesVersion } from './rules-version.ts';
import { factsOf, touchOf } from './test-facts.ts';
import { type Intent, intents, type Touch } from './touch.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Tuesday noon in New York; every window is open. */
const NOON = Date.parse('2026-07-14T16:00:00Z');
/** Three in the morning in New York. */
const NIGHT = Date.parse('2026-07-14T07:00:00Z');
const EIGHT = Date.parse('2026-07-14T12:00:00Z');

const config = defaultGateConfig;
const withConfig = (overrides: Partial<GateConfig>): GateConfig => ({ ...config, id: 'test', ...overrides });

/** A touch of an intent at a time, with what the intent needs. */
const touchFor = (intent: Intent, now: number): Touch =>
  touchOf({ intent, cause: intent === 'transactional' || intent === 'marketing' ? null : now - 5 * SECOND });

const outcome = (decision: Decision): string => `${decision.verdict} ${decision.rule}`;

const judge = (
  touch: Partial<Touch>,
  facts: Partial<Facts> = {},
  now = NOON,
  gateConfig: GateConfig = config,
): Decision => decide(touchOf(touch), factsOf(facts), now, gateConfig);

const grant = (overrides: Partial<Grant> = {}): Grant => ({
  topic: null,
  written: true,
  artificialVoice: true,
  givenAt: NOON - 100 * DAY,
  ...overrides,
});

const optedIn = (...grants: Grant[]): Consent => ({ status: 'opted_in', grants });

describe('The gate', () => {
  it('lets everything pass by day to somebody who agreed to it', () => {
    for (const intent of intents) {
      assert.equal(outcome(decide(touchFor(intent, NOON), factsOf(), NOON, config)), 'send allowed', intent);
    }
  });

  it('holds what was planned until the hours begin, and lets answers pass at night', () => {
    for (const intent of ['transactional', 'marketing'] as const) {
      const decision = judge({ intent }, {}, NIGHT);
      assert.equal(outcome(decision), 'hold quiet_hours');
      assert.equal(decision.verdict === 'hold' && decision.until, EIGHT);
    }
    for (const intent of ['reply', 'opt_out_confirmation', 'help'] as const) {
      assert.equal(
        outcome(decide(touchFor(intent, NIGHT), factsOf(), NIGHT, config)),
        'send allowed',
        intent,
      );
    }
  });

  it('holds an answer whose cause is ahead of its clock until it no longer is, and not until the morning', () => {
    const ahead = 90 * SECOND;
    for (const intent of ['reply', 'help'] as const) {
      const answer = { intent, cause: NIGHT + ahead };
      const held = judge(answer, {}, NIGHT);
      assert.equal(outcome(held), 'hold quiet_hours');
      const until = NIGHT + ahead - CLOCK_SKEW_MS;
      assert.equal(held.verdict === 'hold' && held.until, until);
      assert.equal(outcome(judge(answer, {}, until)), 'send allowed');
      const never = judge({ intent, cause: NIGHT + DAY }, {}, NIGHT);
      assert.equal(never.verdict === 'hold' && never.until, EIGHT);
    }
  });

  it('names the rule, the rules version and what it went by', () => {
    const decision = judge({ topic: 'lessons' }, { marketingTouches: [NOON - HOUR] });
    assert.equal(decision.rulesVersion, rulesVersion);
    assert.deepEqual(decision.inputs, {
      channel: 'sms',
      intent: 'marketing',
      topic: 'lessons',
      artificialVoice: false,
      hoursApply: true,
      location: {
        country: 'US',
        zones: ['America/New_York'],
        zoneSource: 'area_code',
        states: ['NY'],
        stateUnknown: false,
      },
      suppressions: 0,
      consent: 'opted_in',
      grants: 1,
      touches: 1,
      sentForCause: 0,
      doNotCall: null,
      reassigned: null,
      config: 'default',
    });
  });

  it('refuses to be asked about a time that is none', () => {
    for (const now of [Number.NaN, Number.POSITIVE_INFINITY, -1, 8.64e15]) {
      assert.throws(() => judge({}, {}, now), RangeError);
    }
  });

  describe('and suppression', () => {
    const cases: [string, Partial<Touch>, Partial<Facts>, Partial<GateConfig>, string][] = [
      ['of everything', {}, { suppressions: [{ topic: null }] }, {}, 'block suppressed'],
      [
        'of a topic revokes everything',
        { topic: 'a' },
        { suppressions: [{ topic: 'b' }] },
        {},
        'block suppressed',
      ],
      [
        'of a topic revokes that topic alone by configuration',
        { topic: 'a' },
        { suppressions: [{ topic: 'b' }] },
        { revocationScope: 'topic' },
        'send allowed',
      ],
      [
        'of this very topic',
        { topic: 'a' },
        { suppressions: [{ topic: 'b' }, { topic: 'a' }] },
        { revocationScope: 'topic' },
        'block suppressed',
      ],
      [
        'of a topic stops what has no topic',
        { topic: null },
        { suppressions: [{ topic: 'b' }] },
        { revocationScope: 'topic' },
        'block suppressed',
      ],
      ['that could not be read holds', {}, { suppressions: null }, {}, 'hold suppression_unknown'],
    ];
    for (const [label, touch, facts, overrides, expected] of cases) {
      it(label, () => assert.equal(outcome(judge(touch, facts, NOON, withConfig(overrides))), expected));
    }

    it('test items 8 and 23: stops text and call alike, and only a confirmation and an answer to HELP pass', () => {
      const facts = factsOf({
        suppressions: [{ topic: null }],
        consent: { status: 'opted_out', grants: [] },
      });
      for (const channel of ['sms', 'voice'] as const) {
        for (const intent of intents) {
          const decision = decide({ ...touchFor(intent, NOON), channel }, facts, NOON, config);
          const passes = intent === 'opt_out_confirmation' || intent === 'help';
          assert.equal(decision.verdict, passes ? 'send' : 'block', `${channel} ${intent}`);
        }
      }
    });

    it('that is pending stops as one that is done', () => {
      for (const status of ['pending_opt_out', 'opted_out'] as const) {
        assert.equal(outcome(judge({}, { consent: { status, grants: [grant()] } })), 'block revoked');
      }
    });
  });

  describe('and consent', () => {
    const cases: [string, Partial<Touch>, Consent | null, string][] = [
      ['in writing is enough for marketing', {}, optedIn(grant()), 'send allowed'],
      ['not in writing is not', {}, optedIn(grant({ written: false })), 'block no_written_consent'],
      [
        'not in writing is enough without advertising',
        { intent: 'transactional' },
        optedIn(grant({ written: false })),
        'send allowed',
      ],
      ['is needed for all that is planned', { intent: 'transactional' }, optedIn(), 'block no_consent'],
      ['to one topic covers it', { topic: 'a' }, optedIn(grant({ topic: 'a' })), 'send allowed'],
      [
        'to one topic does not cover another',
        { topic: 'b' },
        optedIn(grant({ topic: 'a' })),
        'block no_consent',
      ],
      [
        'to one topic does not cover no topic',
        { topic: null },
        optedIn(grant({ topic: 'a' })),
        'block no_consent',
      ],
      ['that nobody gave', {}, { status: 'none', grants: [grant()] }, 'block no_consent'],
      ['that could not be read holds', {}, null, 'hold consent_unknown'],
      [
        'that could not be read holds a reply too',
        { intent: 'reply', cause: NOON },
        null,
        'hold consent_unknown',
      ],
      [
        'is not needed to answer',
        { intent: 'reply', cause: NOON },
        { status: 'none', grants: [] },
        'send allowed',
      ],
      [
        'to artificial voice is needed for a recorded voice',
        { channel: 'voice', artificialVoice: true, intent: 'transactional' },
        optedIn(grant({ artificialVoice: false })),
        'block no_voice_consent',
      ],
      [
        'to artificial voice must be in writing for marketing',
        { channel: 'voice', artificialVoice: true },
        optedIn(grant({ artificialVoice: false }), grant({ written: false })),
        'block no_voice_consent',
      ],
      [
        'to artificial voice is not needed for a person who speaks',
        { channel: 'voice', artificialVoice: false },
        optedIn(grant({ artificialVoice: false })),
        'send allowed',
      ],
      [
        'to artificial voice says nothing about texts',
        { channel: 'sms', artificialVoice: true },
        optedIn(grant({ artificialVoice: false })),
        'send allowed',
      ],
    ];
    for (const [label, touch, consent, expected] of cases) {
      it(label, () => assert.equal(outcome(judge(touch, { consent })), expected));
    }

    it('test item 7: that START left in force restores the service, and no marketing', () => {
      const facts = { suppressions: [], consent: optedIn(grant({ written: false, artificialVoice: false })) };
      assert.equal(outcome(judge({ intent: 'transactional' }, facts)), 'send allowed');
      assert.equal(outcome(judge({ intent: 'reply', cause: NOON }, facts)), 'send allowed');
      assert.equal(outcome(judge({ intent: 'marketing' }, facts)), 'block no_written_consent');
      // Somebody who never gave any consent has none by a START either.
      assert.equal(outcome(judge({ intent: 'transactional' }, { consent: optedIn() })), 'block no_consent');
    });
  });

  describe('and what answers a person', () => {
    it('lets a reply pass at night for fifteen minutes, and holds it for the morning after', () => {
      const at = (ago: number) => judge({ intent: 'reply', cause: NIGHT - ago }, {}, NIGHT);
      for (const ago of [0, 5 * MINUTE, 15 * MINUTE - SECOND]) {
        const decision = at(ago);
        assert.equal(outcome(decision), 'send allowed', String(ago));
        assert.equal(decision.verdict === 'send' && decision.validUntil, NIGHT - ago + 15 * MINUTE);
      }
      for (const ago of [15 * MINUTE - SECOND + 1, 15 * MINUTE, HOUR]) {
        const decision = at(ago);
        assert.equal(outcome(decision), 'hold quiet_hours', String(ago));
        assert.equal(decision.verdict === 'hold' && decision.until, EIGHT);
      }
    });

    it('believes no text from the future, beyond the difference of two clocks', () => {
      assert.equal(outcome(judge({ intent: 'reply', cause: NIGHT + MINUTE }, {}, NIGHT)), 'send allowed');
      assert.equal(
        outcome(judge({ intent: 'reply', cause: NIGHT + MINUTE + 1 }, {}, NIGHT)),
        'hold quiet_hours',
      );
    });

    it('holds a reply to nothing that is known', () => {
      for (const cause of [null, Number.NaN]) {
        assert.equal(outcome(judge({ intent: 'reply', cause }, {}, NIGHT)), 'hold quiet_hours');
      }
    });

    it('gives a reply by day as long as the window lasts', () => {
      const decision = judge({ intent: 'reply', cause: NOON });
      assert.equal(decision.verdict === 'send' && decision.validUntil, Date.parse('2026-07-14T23:59:00Z'));
    });

    it('answers whoever wrote, also from another country', () => {
      for (const phoneNumber of ['+19025550101', '+447700900123', '+8005550101', '+18005550101']) {
        assert.equal(
          outcome(judge({ intent: 'reply', cause: NIGHT }, { phoneNumber }, NIGHT)),
          'send allowed',
        );
      }
    });

    it('test item 4: confirms exactly once, and never when the carrier has', () => {
      const confirm = { intent: 'opt_out_confirmation', cause: NOON } as const;
      assert.equal(outcome(judge(confirm, { sentForCause: 0 })), 'send allowed');
      assert.equal(outcome(judge(confirm, { sentForCause: 1 })), 'block answered_already');
      assert.equal(outcome(judge(confirm, { sentForCause: null })), 'hold answers_unknown');
      assert.equal(outcome(judge(confirm, { carrierConfirmed: true })), 'block carrier_confirmed');
      assert.equal(outcome(judge(confirm, { overtaken: true })), 'block overtaken');
    });

    it('test item 5: confirms at 4:59, and at 5:01 calls it late', () => {
      const confirm = (ago: number, gateConfig = config) =>
        judge({ intent: 'opt_out_confirmation', cause: NIGHT - ago }, {}, NIGHT, gateConfig);
      const inTime = confirm(5 * MINUTE - SECOND);
      assert.equal(outcome(inTime), 'send allowed');
      assert.equal(inTime.verdict === 'send' && inTime.validUntil, NIGHT + SECOND);
      assert.equal(outcome(confirm(5 * MINUTE + SECOND)), 'block confirmation_late');
      assert.equal(outcome(confirm(5 * MINUTE)), 'block confirmation_late');
      const allowed = withConfig({ lateConfirmation: 'send' });
      assert.equal(outcome(confirm(5 * MINUTE + SECOND, allowed)), 'send allowed');
      assert.equal(
        outcome(judge({ intent: 'opt_out_confirmation' }, {}, NIGHT, allowed)),
        'block cause_unknown',
      );
    });

    it('confirms an opt-out that is ahead of its clock as soon as it no longer is, and does not call it late', () => {
      const ahead = 90 * SECOND;
      const confirm = (now: number, gateConfig = config) =>
        judge({ intent: 'opt_out_confirmation', cause: NIGHT + ahead }, {}, now, gateConfig);
      const held = confirm(NIGHT);
      assert.equal(outcome(held), 'hold cause_ahead');
      const until = NIGHT + ahead - CLOCK_SKEW_MS;
      assert.equal(held.verdict === 'hold' && held.until, until);
      const sent = confirm(until);
      assert.equal(outcome(sent), 'send allowed');
      assert.equal(sent.verdict === 'send' && sent.validUntil, NIGHT + ahead + 5 * MINUTE);
      assert.equal(outcome(confirm(NIGHT + ahead + 5 * MINUTE)), 'block confirmation_late');
      assert.equal(outcome(confirm(NIGHT, withConfig({ lateConfirmation: 'send' }))), 'send allowed');
    });

    it('answers each HELP once, and one that is old only by day', () => {
      const help = (ago: number, facts: Partial<Facts>) =>
        outcome(judge({ intent: 'help', cause: NIGHT - ago }, facts, NIGHT));
      assert.equal(help(0, {}), 'send allowed');
      assert.equal(help(0, { sentForCause: 1 }), 'block answered_already');
      assert.equal(help(0, { sentForCause: null }), 'hold answers_unknown');
      assert.equal(help(HOUR, {}), 'hold quiet_hours');
    });
  });

  describe('and how often', () => {
    const florida = '+13055550101';
    const times = (...hoursAgo: number[]) => hoursAgo.map((hours) => NOON - hours * HOUR);

    it('test item 11: holds the fourth touch within 24 hours in Florida, until the first is 24 h and 1 s old', () => {
      const marketingTouches = times(23, 5, 1);
      const decision = judge({}, { phoneNumber: florida, marketingTouches });
      assert.equal(outcome(decision), 'hold frequency_cap');
      const until = NOON - 23 * HOUR + DAY + CAP_MARGIN_MS;
      assert.equal(decision.verdict === 'hold' && decision.until, until);
      assert.equal(
        outcome(judge({}, { phoneNumber: florida, marketingTouches }, until - 1)),
        'hold frequency_cap',
      );
      assert.equal(outcome(judge({}, { phoneNumber: florida, marketingTouches }, until)), 'send allowed');
    });

    it('test item 11: counts hours and not days when clocks change', () => {
      // Clocks went forward in between: 24 hours after nine in the morning it is ten.
      const first = Date.parse('2026-03-07T14:00:00Z');
      const marketingTouches = [first, first + MINUTE, first + 2 * MINUTE];
      const at = (now: number) => judge({}, { phoneNumber: florida, marketingTouches }, now);
      const nine = Date.parse('2026-03-08T13:00:00Z');
      const decision = at(nine);
      assert.equal(outcome(decision), 'hold frequency_cap');
      assert.equal(decision.verdict === 'hold' && decision.until, first + DAY + CAP_MARGIN_MS);
      assert.equal(outcome(at(first + DAY + CAP_MARGIN_MS)), 'send allowed');
    });

    it('holds until both the cap and the hours allow it', () => {
      const lastNight = Date.parse('2026-07-14T02:00:00Z');
      const marketingTouches = [lastNight, lastNight, lastNight];
      const decision = judge({}, { phoneNumber: florida, marketingTouches }, NOON);
      assert.equal(outcome(decision), 'hold frequency_cap');
      // The cap ends at ten in the evening; central and eastern Florida open at eight the next morning.
      assert.equal(decision.verdict === 'hold' && decision.until, Date.parse('2026-07-15T12:00:00Z'));
    });

    it('has caps in FL, MD, OK, OR and NJ, and where the state is unknown; none elsewhere', () => {
      const marketingTouches = times(3, 2, 1);
      const at = Date.parse('2026-07-13T20:30:00Z');
      const three = marketingTouches.map((touch) => touch - NOON + at);
      for (const [phoneNumber, expected] of [
        ['+13055550101', 'hold frequency_cap'],
        ['+14105550101', 'hold frequency_cap'],
        ['+14055550101', 'hold frequency_cap'],
        ['+15035550101', 'hold frequency_cap'],
        ['+12015550101', 'hold frequency_cap'],
        ['+18005550101', 'hold frequency_cap'],
        ['+14045550101', 'send allowed'],
      ] as const) {
        assert.equal(outcome(judge({}, { phoneNumber, marketingTouches: three }, at)), expected, phoneNumber);
      }
    });

    it('counts two more for every cap: five touches wait for the third', () => {
      const decision = judge({}, { phoneNumber: florida, marketingTouches: times(5, 1, 3, 4, 2) });
      assert.equal(decision.verdict === 'hold' && decision.until, NOON - 3 * HOUR + DAY + CAP_MARGIN_MS);
    });

    it('has a cap of the organisation besides, also one that allows nothing', () => {
      const one = withConfig({ generalCap: { count: 1, hours: 12 } });
      assert.equal(outcome(judge({}, { marketingTouches: [NOON - HOUR] }, NOON, one)), 'hold frequency_cap');
      assert.equal(outcome(judge({}, { marketingTouches: [NOON - 13 * HOUR] }, NOON, one)), 'send allowed');
      const none = withConfig({ generalCap: { count: 0, hours: 24 } });
      assert.equal(outcome(judge({}, {}, NOON, none)), 'block no_hours');
    });

    it('does not limit what is not marketing', () => {
      const facts = { phoneNumber: florida, marketingTouches: times(3, 2, 1) };
      assert.equal(outcome(judge({ intent: 'transactional' }, facts)), 'send allowed');
      assert.equal(outcome(judge({ intent: 'reply', cause: NOON }, facts)), 'send allowed');
    });

    it('holds when the touches are unknown and there is a cap, and not where there is none', () => {
      assert.equal(
        outcome(judge({}, { phoneNumber: florida, marketingTouches: null })),
        'hold touches_unknown',
      );
      assert.equal(outcome(judge({}, { marketingTouches: null })), 'send allowed');
    });

    it('takes touches at impossible times for touches of now', () => {
      const marketingTouches = [Number.NaN, NOON + DAY, Number.POSITIVE_INFINITY];
      const decision = judge({}, { phoneNumber: florida, marketingTouches });
      assert.equal(decision.verdict === 'hold' && decision.until, NOON + DAY + CAP_MARGIN_MS);
    });
  });

  describe('and lists of numbers', () => {
    const required = withConfig({ doNotCall: 'required', reassignedNumbers: 'required' });
    const fresh = { doNotCall: { listed: false, listDate: NOON - DAY } } as const;
    const reassigned = (answer: 'yes' | 'no' | 'no_data', daysAgo = 1) => ({
      reassigned: { answer, askedAt: NOON - daysAgo * DAY },
    });

    const doNotCall: [string, Partial<Facts>, GateConfig, string][] = [
      ['listed', { doNotCall: { listed: true, listDate: NOON - DAY } }, config, 'block do_not_call'],
      [
        'listed in an old list',
        { doNotCall: { listed: true, listDate: NOON - 90 * DAY } },
        config,
        'block do_not_call',
      ],
      ['not listed', fresh, config, 'send allowed'],
      [
        'not listed 31 days ago, less a moment',
        { doNotCall: { listed: false, listDate: NOON - 31 * DAY + 1 } },
        config,
        'send allowed',
      ],
      [
        'not listed 31 days ago',
        { doNotCall: { listed: false, listDate: NOON - 31 * DAY } },
        config,
        'hold do_not_call_unknown',
      ],
      [
        'not listed in a list of tomorrow',
        { doNotCall: { listed: false, listDate: NOON + DAY } },
        config,
        'hold do_not_call_unknown',
      ],
      ['never asked', {}, config, 'send allowed'],
      ['never asked although required', reassigned('no'), required, 'hold do_not_call_unknown'],
    ];
    for (const [label, facts, gateConfig, expected] of doNotCall) {
      it(`do not call: ${label}`, () => assert.equal(outcome(judge({}, facts, NOON, gateConfig)), expected));
    }

    it('are asked for again after an hour, and what could not be read after a minute', () => {
      const until = (facts: Partial<Facts>) => {
        const decision = judge({}, facts, NOON, required);
        assert.equal(decision.verdict, 'hold');
        return decision.verdict === 'hold' ? decision.until - NOON : 0;
      };
      assert.equal(until(fresh), HOUR);
      assert.equal(until(reassigned('no')), HOUR);
      assert.equal(until({ suppressions: null }), MINUTE);
      assert.equal(until({ consent: null }), MINUTE);
    });

    it('do not call: concerns marketing alone', () => {
      const facts = { doNotCall: { listed: true, listDate: NOON } };
      assert.equal(outcome(judge({ intent: 'transactional' }, facts)), 'send allowed');
    });

    const database: [string, Partial<Facts>, GateConfig, string][] = [
      ['yes voids consent', reassigned('yes'), config, 'block number_reassigned'],
      ['yes voids consent, however old the answer', reassigned('yes', 60), config, 'block number_reassigned'],
      [
        'yes with an answer at no time',
        { reassigned: { answer: 'yes', askedAt: Number.NaN } },
        config,
        'block number_reassigned',
      ],
      [
        'yes says nothing about consent that was given since, but is asked again',
        { ...reassigned('yes', 40), consent: optedIn(grant({ givenAt: NOON - DAY })) },
        config,
        'hold reassigned_unknown',
      ],
      [
        'yes of lately says nothing about consent that was given since',
        { ...reassigned('yes', 2), consent: optedIn(grant({ givenAt: NOON - DAY })) },
        config,
        'send allowed',
      ],
      ['no', reassigned('no'), config, 'send allowed'],
      ['no, less than 30 days ago', reassigned('no', 29.99), config, 'send allowed'],
      ['no, 30 days ago', reassigned('no', 30), config, 'hold reassigned_unknown'],
      ['no data is no obstacle, and no safe harbour', reassigned('no_data'), config, 'send allowed'],
      [
        'no data blocks where an answer is required',
        { ...fresh, ...reassigned('no_data') },
        required,
        'block reassigned_no_data',
      ],
      ['never asked', {}, config, 'send allowed'],
      ['never asked although required', fresh, required, 'hold reassigned_unknown'],
      ['everything asked and in order', { ...fresh, ...reassigned('no') }, required, 'send allowed'],
    ];
    for (const [label, facts, gateConfig, expected] of database) {
      it(`test item 22, reassigned numbers: ${label}`, () => {
        assert.equal(outcome(judge({}, facts, NOON, gateConfig)), expected);
      });
    }

    it('do not keep anybody from an answer', () => {
      const facts = { ...reassigned('yes'), doNotCall: { listed: true, listDate: NOON } };
      assert.equal(outcome(judge({ intent: 'reply', cause: NOON }, facts, NOON, required)), 'send allowed');
    });
  });

  describe('and numbers', () => {
    for (const [phoneNumber, expected] of [
      ['+12125550101', 'send allowed'],
      ['+17875550101', 'send allowed'],
      ['+19025550101', 'block country_not_served'],
      ['+18765550101', 'block country_not_served'],
      ['+525512345678', 'block country_not_served'],
      ['+447700900123', 'block country_not_served'],
      ['2125550101', 'block number_invalid'],
      ['', 'block number_invalid'],
      ['+1', 'block number_invalid'],
    ] as const) {
      it(`${JSON.stringify(phoneNumber)}: ${expected}`, () => {
        assert.equal(outcome(judge({}, { phoneNumber })), expected);
      });
    }

    it('of nowhere in particular are blocked by configuration', () => {
      const blocking = withConfig({ unknownLocation: 'block' });
      assert.equal(
        outcome(judge({}, { phoneNumber: '+18005550101' }, NOON, blocking)),
        'block location_unknown',
      );
      const known = { phoneNumber: '+18005550101', state: 'NY' };
      assert.equal(outcome(judge({}, known, NOON, blocking)), 'send allowed');
    });
  });

  describe('and the end', () => {
    it('blocks what has expired, and what would expire before it may go', () => {
      assert.equal(outcome(judge({ notAfter: NOON })), 'block expired');
      assert.equal(outcome(judge({ notAfter: Number.NaN })), 'block expired');
      assert.equal(outcome(judge({ notAfter: NOON + 999 })), 'block expires_first');
      assert.equal(outcome(judge({ notAfter: NOON + SECOND })), 'send allowed');
      assert.equal(outcome(judge({ notAfter: EIGHT }, {}, NIGHT)), 'block expires_first');
      assert.equal(outcome(judge({ notAfter: EIGHT + SECOND }, {}, NIGHT)), 'hold quiet_hours');
      assert.equal(
        outcome(judge({ intent: 'reply', cause: NIGHT, notAfter: NIGHT + 1 }, {}, NIGHT)),
        'block expires_first',
      );
    });

    it('is never later than the touch is worth something', () => {
      const decision = judge({ notAfter: NOON + MINUTE });
      assert.equal(decision.verdict === 'send' && decision.validUntil, NOON + MINUTE);
    });
  });
});

describe('The rules', () => {
  it('have ids of their own, a source, words and somebody they concern', () => {
    assert.equal(new Set(gateRules.map(({ id }) => id)).size, gateRules.length);
    for (const rule of gateRules) {
      assert.match(rule.id, /^[a-z_]+$/);
      assert.match(rule.since, /^\d{4}-\d{2}-\d{2}$/);
      assert.ok(rule.source.length > 5 && rule.says.endsWith('.') && rule.intents.length > 0, rule.id);
    }
  });

  it('block first, then doubt, then keep time', () => {
    assert.deepEqual(
      gateRules.map(({ id }) => id),
      [...blockingRules, ...doubtRules, ...timingRules].map(({ id }) => id),
    );
    assert.ok(blockingRules.every(({ verdict }) => verdict === 'block'));
    assert.ok(doubtRules.every(({ verdict }) => verdict === 'hold'));
  });
});
