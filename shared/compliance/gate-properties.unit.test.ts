import assert from 'node:assert/strict';
import fc from 'fast-check';
import { runs } from '#test/properties/runs.ts';
import type { Facts } from './facts.ts';
import { decide, validitySeconds } from './gate.ts';
import { defaultGateConfig, type GateConfig } from './gate-config.ts';
import { doubtRules, gateRules, timingRules } from './rules.ts';
import { factsOf, touchOf } from './test-facts.ts';
import { intents, type Touch } from './touch.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Tuesday noon in New York. */
const NOON = Date.parse('2026-07-14T16:00:00Z');

const config = defaultGateConfig;
const withConfig = (overrides: Partial<GateConfig>): GateConfig => ({ ...config, id: 'test', ...overrides });

const anyInstant = fc.oneof(
  fc.integer({ min: Date.parse('2026-01-01T00:00:00Z'), max: Date.parse('2029-01-01T00:00:00Z') }),
  fc.integer({ min: 0, max: 3_000 }).map((minutes) => NOON - minutes * MINUTE),
);
const anyTime = fc.oneof({ weight: 6, arbitrary: anyInstant }, fc.double());
const anyTopic = fc.constantFrom(null, 'a', 'b');
/** Few, because the hours of each are worked out anew for every place. */
const SOME_WINDOWS: readonly NonNullable<Touch['windows']>[] = [
  [],
  [{ days: [1, 2, 3, 4, 5, 6, 7], from: 10 * 60, to: 16 * 60 + 1 }],
  [
    { days: [2, 5], from: 19 * 60, to: 9 * 60 },
    { days: [2], from: 12 * 60, to: 12 * 60 + 1 },
  ],
  [{ days: [-1, 9, 0.5], from: -100, to: 2_000 }],
  [{ days: [1, 2, 3], from: Number.NaN, to: 2_000.5 }],
];
const anyTouch: fc.Arbitrary<Touch> = fc.record({
  channel: fc.constantFrom('sms', 'voice'),
  intent: fc.constantFrom(...intents),
  cause: fc.option(anyTime, { freq: 4 }),
  notAfter: fc.option(anyTime, { freq: 1 }),
  topic: anyTopic,
  artificialVoice: fc.boolean(),
  windows: fc.option(fc.constantFrom<Touch['windows'][]>(...SOME_WINDOWS), { freq: 1 }),
  needsWindow: fc.boolean(),
});
const anyFacts: fc.Arbitrary<Facts> = fc.record({
  windowClosesAt: fc.option(anyTime, { freq: 4 }),
  phoneNumber: fc.oneof(
    fc.constantFrom(
      '+12125550101',
      '+13055550101',
      '+18505550101',
      '+18005550101',
      '+19025550101',
      '+447700900123',
    ),
    fc.string(),
  ),
  zone: fc.option(fc.oneof(fc.constantFrom('America/Denver', 'UTC', 'Asia/Tokyo'), fc.string()), { freq: 1 }),
  postalCode: fc.option(fc.oneof(fc.constantFrom('10001', '99999', '1001'), fc.string()), { freq: 1 }),
  state: fc.option(fc.oneof(fc.constantFrom('FL', 'tx', 'XX'), fc.string()), { freq: 1 }),
  suppressions: fc.option(fc.array(fc.record({ topic: anyTopic }), { maxLength: 1 }), { freq: 8 }),
  consent: fc.option(
    fc.record({
      status: fc.constantFrom('opted_in', 'opted_in', 'opted_in', 'pending_opt_out', 'opted_out', 'none'),
      grants: fc.array(
        fc.record({
          topic: anyTopic,
          written: fc.boolean(),
          artificialVoice: fc.boolean(),
          givenAt: anyTime,
        }),
        { maxLength: 3 },
      ),
    }),
    { freq: 8 },
  ),
  marketingTouches: fc.option(fc.array(anyTime, { maxLength: 4 }), { freq: 8 }),
  sentForCause: fc.option(fc.constantFrom(0, 0, 1, Number.NaN), { freq: 8 }),
  carrierConfirmed: fc.boolean(),
  overtaken: fc.boolean(),
  doNotCall: fc.option(fc.record({ listed: fc.boolean(), listDate: anyTime }), { freq: 1 }),
  reassigned: fc.option(fc.record({ answer: fc.constantFrom('yes', 'no', 'no_data'), askedAt: anyTime }), {
    freq: 1,
  }),
});
const anyConfig: fc.Arbitrary<GateConfig> = fc.constantFrom(
  config,
  withConfig({ revocationScope: 'topic', unknownPlaces: 'contiguous', lateConfirmation: 'send' }),
  withConfig({ generalCap: { count: 1, hours: 4 }, doNotCall: 'required', reassignedNumbers: 'required' }),
  withConfig({ unknownLocation: 'block', defaultWindow: { from: 0, to: 24 * 60 } }),
);

describe('Whatever the facts, the gate', () => {
  it('has a verdict, never throws, and never sends outside its own validity', () => {
    fc.assert(
      fc.property(anyTouch, anyFacts, anyInstant, anyConfig, (touch, facts, now, gateConfig) => {
        const decision = decide(touch, facts, now, gateConfig);
        if (decision.verdict === 'send') {
          assert.ok(decision.validUntil - now >= SECOND);
          assert.ok(touch.notAfter === null || decision.validUntil <= touch.notAfter);
          assert.equal(decision.rule, 'allowed');
        } else {
          const rule = gateRules.find(({ id }) => id === decision.rule);
          assert.ok(rule, decision.rule);
          assert.ok(rule.intents.includes(touch.intent), `${decision.rule} concerns ${touch.intent}`);
          assert.equal(rule.verdict, decision.verdict);
        }
        if (decision.verdict === 'hold') assert.ok(decision.until > now);
      }),
      { numRuns: runs(1_000) },
    );
  });

  it("lets free text on WhatsApp pass only while the person's window is known to be open, and not beyond it", () => {
    fc.assert(
      fc.property(anyTouch, anyFacts, anyInstant, anyConfig, (touch, facts, now, gateConfig) => {
        const decision = decide({ ...touch, needsWindow: true }, facts, now, gateConfig);
        const { windowClosesAt } = facts;
        if (windowClosesAt === null || !(now < windowClosesAt)) assert.equal(decision.verdict, 'block');
        if (decision.verdict !== 'send') return;
        assert.ok(windowClosesAt !== null && decision.validUntil <= windowClosesAt);
        assert.equal(decision.inputs.windowIsOpen, true);
      }),
      { numRuns: runs(1_000) },
    );
  });

  it('asks no window of anything else', () => {
    fc.assert(
      fc.property(anyTouch, anyFacts, anyInstant, anyConfig, (touch, facts, now, gateConfig) => {
        const text = { ...touch, needsWindow: false };
        const decision = decide(text, facts, now, gateConfig);
        assert.deepEqual(decision, decide(text, { ...facts, windowClosesAt: null }, now, gateConfig));
        assert.notEqual(decision.rule, 'whatsapp_window');
      }),
    );
  });

  it('lets nothing pass to somebody suppressed but a confirmation and an answer to HELP', () => {
    fc.assert(
      fc.property(anyTouch, anyFacts, anyInstant, anyConfig, (touch, facts, now, gateConfig) => {
        const decision = decide(touch, { ...facts, suppressions: [{ topic: null }] }, now, gateConfig);
        if (touch.intent === 'opt_out_confirmation' || touch.intent === 'help') return;
        assert.equal(decision.verdict, 'block');
      }),
    );
  });

  it('never opens for more suppressions, more touches, more answers or less knowledge', () => {
    const worse: fc.Arbitrary<(facts: Facts) => Facts> = fc.constantFrom<((facts: Facts) => Facts)[]>(
      (facts) => ({ ...facts, suppressions: [...(facts.suppressions ?? []), { topic: 'a' }] }),
      (facts) => ({ ...facts, suppressions: [...(facts.suppressions ?? []), { topic: null }] }),
      (facts) => ({ ...facts, suppressions: null }),
      (facts) => ({ ...facts, marketingTouches: [...(facts.marketingTouches ?? []), NOON - HOUR] }),
      (facts) => ({ ...facts, marketingTouches: null }),
      (facts) => ({ ...facts, sentForCause: (facts.sentForCause ?? 0) + 1 }),
      (facts) => ({ ...facts, sentForCause: null }),
      (facts) => ({ ...facts, consent: null }),
      (facts) => ({ ...facts, consent: { status: 'pending_opt_out', grants: facts.consent?.grants ?? [] } }),
      (facts) => ({ ...facts, consent: { status: facts.consent?.status ?? 'none', grants: [] } }),
      (facts) => ({ ...facts, carrierConfirmed: true }),
      (facts) => ({ ...facts, overtaken: true }),
      (facts) => ({ ...facts, windowClosesAt: null }),
      (facts) => ({ ...facts, doNotCall: { listed: true, listDate: NOON } }),
    );
    fc.assert(
      fc.property(
        anyTouch,
        anyFacts,
        anyInstant,
        anyConfig,
        worse,
        (touch, facts, now, gateConfig, worsen) => {
          // What was not read has no more in it than nothing: only from what is known can it get worse.
          fc.pre(facts.suppressions !== null && facts.consent !== null && facts.marketingTouches !== null);
          const before = decide(touch, facts, now, gateConfig);
          const after = decide(touch, worsen(facts), now, gateConfig);
          if (before.verdict !== 'send') assert.notEqual(after.verdict, 'send');
        },
      ),
      { numRuns: runs(1_000) },
    );
  });

  it('sends at the very instant until which it held, if nothing else has changed', () => {
    fc.assert(
      fc.property(anyTouch, anyFacts, anyInstant, anyConfig, (touch, facts, now, gateConfig) => {
        // A touch at an impossible time counts as one of now, whenever now is.
        fc.pre((facts.marketingTouches ?? []).every((at) => at <= now));
        const decision = decide(touch, facts, now, gateConfig);
        if (decision.verdict !== 'hold' || !timingRules.some(({ id }) => id === decision.rule)) return;
        const then = decide(touch, facts, decision.until, gateConfig);
        // In between an answer of the database or a list may have grown too old.
        assert.ok(
          then.verdict === 'send' || doubtRules.some(({ id }) => id === then.rule),
          `${then.verdict} ${then.rule}`,
        );
      }),
      { numRuns: runs(1_000) },
    );
  });

  it('test item 14: never gives a carrier a validity that crosses the end', () => {
    fc.assert(
      fc.property(anyFacts, fc.boolean(), anyInstant, (facts, planned, now) => {
        const touch = touchOf(
          planned ? { intent: 'transactional' } : { intent: 'reply', cause: now - MINUTE },
        );
        const decision = decide(touch, { ...factsOf(), ...facts, suppressions: [] }, now, config);
        if (decision.verdict !== 'send') return;
        const seconds = validitySeconds(now, decision.validUntil);
        assert.ok(Number.isInteger(seconds) && seconds >= 1 && seconds <= 36_000);
        assert.ok(now + seconds * SECOND <= decision.validUntil);
      }),
    );
    assert.equal(validitySeconds(NOON, NOON + 999), 0);
    assert.equal(validitySeconds(NOON, NOON - HOUR), 0);
    assert.equal(validitySeconds(NOON, NOON + 90_500), 90);
    assert.equal(validitySeconds(NOON, NOON + DAY), 36_000);
  });
});
