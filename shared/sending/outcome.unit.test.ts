import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { SendOutcome } from '#shared/carriers/carrier.ts';
import { errorTable } from '#shared/carriers/errors.ts';
import { twilioErrorRules } from '#shared/carriers/twilio/error-table.ts';
import { LONGEST_TIMER_MS } from './message-state.ts';
import { settle } from './outcome.ts';

const classify = errorTable(twilioErrorRules);
const settings = {
  pauseMs: 3_000,
  mediaPauseMs: 10_000,
  backoffMs: { first: 1_000, most: 60_000 },
  haltHoldMs: 300_000,
};
interface History {
  attempts: number;
  deferrals: number;
  mediaUrls: string[];
}
const fresh: History = { attempts: 0, deferrals: 0, mediaUrls: [] };
const refused = (errorCode: string): SendOutcome => ({
  kind: 'refused',
  errorCode,
  class: classify(errorCode).class,
  message: '',
});
const accepted: SendOutcome = { kind: 'accepted', carrierMessageId: 'SM1', status: 'queued', segments: 2 };
const throttled = (retryAfterMs: number | null): SendOutcome => ({ kind: 'throttled', retryAfterMs });

const rows: {
  name: string;
  outcome: SendOutcome;
  message?: Partial<History>;
  attempt: string;
  state: string;
  rule?: string;
  pauseMs?: number;
  heldMs?: number;
  counts?: boolean;
}[] = [
  { name: 'accepted', outcome: accepted, attempt: 'accepted', state: 'sent', pauseMs: 3_000 },
  {
    name: 'accepted, with media',
    outcome: accepted,
    message: { mediaUrls: ['https://example.org/a.png'] },
    attempt: 'accepted',
    state: 'sent',
    pauseMs: 10_000,
  },
  {
    name: '21610: opted out at the carrier',
    outcome: refused('21610'),
    attempt: 'refused',
    state: 'failed',
    rule: '21610',
  },
  {
    name: '21614: not a mobile number',
    outcome: refused('21614'),
    attempt: 'refused',
    state: 'failed',
    rule: '21614',
  },
  ...['20003', '10001', '30002', 'http_401', 'http_403', '21606', '21703', '21408'].map((rule) => ({
    name: `${rule}: our account or sender number may not send`,
    outcome: refused(rule),
    message: { attempts: 2 },
    attempt: 'refused',
    state: 'held',
    rule,
    heldMs: 300_000,
    counts: false,
  })),
  {
    name: '30007: the content',
    outcome: refused('30007'),
    attempt: 'refused',
    state: 'failed',
    rule: '30007',
  },
  { name: 'an unknown code', outcome: refused('98765'), attempt: 'refused', state: 'failed', rule: '98765' },
  {
    name: '30500: retried after a minute',
    outcome: refused('30500'),
    attempt: 'refused',
    state: 'queued',
    rule: '30500',
    pauseMs: 60_000,
  },
  {
    name: '30500: once',
    outcome: refused('30500'),
    message: { attempts: 1 },
    attempt: 'refused',
    state: 'failed',
    rule: '30500',
  },
  {
    name: '30003: retried after half an hour',
    outcome: refused('30003'),
    attempt: 'refused',
    state: 'held',
    rule: '30003',
    heldMs: 1_800_000,
  },
  {
    name: '20429: a throttle',
    outcome: refused('20429'),
    attempt: 'not_sent',
    state: 'queued',
    rule: '20429',
    pauseMs: 1_000,
    counts: false,
  },
  {
    name: '21611: a throttle of an hour',
    outcome: refused('21611'),
    attempt: 'not_sent',
    state: 'held',
    rule: '21611',
    heldMs: 3_600_000,
    counts: false,
  },
  {
    name: 'HTTP 429',
    outcome: throttled(null),
    attempt: 'not_sent',
    state: 'queued',
    rule: 'throttled',
    pauseMs: 500,
    counts: false,
  },
  {
    name: 'HTTP 429 with advice',
    outcome: throttled(7_000),
    attempt: 'not_sent',
    state: 'queued',
    rule: 'throttled',
    pauseMs: 7_000,
    counts: false,
  },
  {
    name: 'HTTP 429 with long advice',
    outcome: throttled(600_000),
    attempt: 'not_sent',
    state: 'held',
    rule: 'throttled',
    heldMs: 600_000,
    counts: false,
  },
  {
    name: 'the fifth throttle in a row',
    outcome: throttled(null),
    message: { deferrals: 4 },
    attempt: 'not_sent',
    state: 'queued',
    rule: 'throttled',
    pauseMs: 8_000,
    counts: false,
  },
  {
    name: 'no connection',
    outcome: { kind: 'not_sent', reason: '' },
    attempt: 'not_sent',
    state: 'queued',
    rule: 'not_sent',
    pauseMs: 500,
    counts: false,
  },
  { name: 'no answer', outcome: { kind: 'ambiguous', reason: '' }, attempt: 'ambiguous', state: 'ambiguous' },
];

describe('What follows from the end of a request', () => {
  for (const row of rows) {
    it(row.name, () => {
      const settled = settle(row.outcome, { ...fresh, ...row.message }, classify, settings, 0);
      assert.equal(settled.attempt.state, row.attempt);
      assert.equal(settled.message.state, row.state);
      assert.equal(settled.message.rule, row.rule ?? null);
      assert.equal(settled.pauseMs, row.pauseMs ?? 0);
      assert.equal(settled.message.heldMs, row.heldMs ?? null);
      assert.equal(settled.message.counts, row.counts ?? true);
      assert.equal(settled.suppress, row.outcome.kind === 'refused' && row.outcome.errorCode === '21610');
    });
  }

  it('for every code and history: a timer lasts a minute at most, and only what the carrier never took is free', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...twilioErrorRules.map(({ code }) => code), 'other'),
        fc.nat(5),
        fc.nat(50),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (code, attempts, deferrals, random) => {
          const { attempt, halt, log, message, pauseMs } = settle(
            refused(code),
            { attempts, deferrals, mediaUrls: [] },
            classify,
            settings,
            random,
          );
          assert.ok(pauseMs <= LONGEST_TIMER_MS);
          assert.equal(message.state === 'held', message.heldMs !== null);
          assert.equal(message.counts, attempt.state !== 'not_sent' && halt === null);
          const { class: errorClass, concerns } = classify(code);
          assert.equal(halt !== null, errorClass === 'halt' && concerns !== 'message');
          if (halt !== null) assert.equal(message.state, 'held', 'a fault of ours fails no message');
          assert.equal(
            log !== null,
            attempt.state === 'refused',
            'every refusal is logged, and nothing else here',
          );
          if (message.state === 'queued') assert.ok(pauseMs > 0, 'never again at once');
        },
      ),
    );
  });
});
