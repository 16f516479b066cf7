import type { ReversalReason } from '#shared/consent/change.ts';
import { consentChange, WHOLE_SENDER } from '#shared/consent/change.ts';
import { completeRevocation } from '#shared/consent/complete.ts';
import { lastDayToHonour } from '#shared/consent/deadline.ts';
import { type Cursor, listStandings } from '#shared/consent/list.ts';
import { recordConsent, type Telling } from '#shared/consent/record.ts';
import { restore } from '#shared/consent/restore.ts';
import { judgeReview } from '#shared/consent/review.ts';
import { type ForReview, listOpenReviews } from '#shared/consent/review-queue.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import { canonicalPhoneNumber, type PhoneNumber } from '#shared/phone/phone-number.ts';
import { toldPhoneNumber } from '#shared/phone/valid-phone-number.ts';
import { inTransaction } from '#shared/postgres/pool.ts';
import { UsageError } from '../arguments.ts';
import { type Command, onlyWord, required } from './command.ts';

/** The gateway publishes what its outbox holds. */
const telling = (now: Date, pseudonyms: Pseudonyms): Telling => ({ teller: 'gateway', now, pseudonyms });
const METHODS = ['email', 'voice', 'web', 'manual'] as const;
const REASONS: readonly ReversalReason[] = ['misread_text', 'import_fault', 'clerical_error'];
const PAGE = 500;

/** In the form that contacts have, so that what is asked of somebody meets them. */
export function numberOf(words: readonly string[]): PhoneNumber {
  const word = onlyWord(words, 'phone number');
  const number = canonicalPhoneNumber(word);
  if (number === null) throw new UsageError(`${JSON.stringify(word)} is no phone number`);
  return toldPhoneNumber(number, { country: 'US' }) ?? number;
}

const revoke: Command = {
  usage: [
    'revoke NUMBER --method email|voice|web|manual --message WORDS [--contact ID] [--tracking ID]',
    'records a request to stop that came in otherwise than by text: nothing is sent from now on',
  ],
  options: {
    method: { type: 'string' },
    message: { type: 'string' },
    contact: { type: 'string' },
    tracking: { type: 'string' },
  },
  async run(words, options, { pool, clock, pseudonyms, say, by }) {
    const phoneNumber = numberOf(words);
    const method = METHODS.find((name) => name === required(options, 'method'));
    if (method === undefined) throw new UsageError(`--method is one of ${METHODS.join(', ')}`);
    const now = clock.now();
    const deadline = lastDayToHonour(now);
    const text = (name: string) => (typeof options[name] === 'string' ? options[name] : null);
    await recordConsent(
      pool,
      consentChange({
        changeId: clock.newId(),
        phoneNumber,
        status: 'pending_opt_out',
        method,
        requestedAt: now,
        deadline,
        originalMessage: required(options, 'message'),
        cause: `recorded by ${by}`,
        actor: by,
        externalId: text('contact'),
        trackingId: text('tracking'),
      }),
      telling(now, pseudonyms),
    );
    say(`${phoneNumber} is suppressed; to be carried through everywhere by ${deadline} (US Eastern)`);
  },
};

const pending: Command = {
  usage: [
    'pending [--due YYYY-MM-DD]',
    'lists requests that are not carried through yet, the most urgent first',
  ],
  options: { due: { type: 'string' } },
  async run(_words, { due }, { pool, say }) {
    let cursor: Cursor | null = null;
    do {
      const page: Awaited<ReturnType<typeof listStandings>> = await listStandings(pool, {
        status: 'pending_opt_out',
        ...(typeof due === 'string' ? { dueBy: due } : {}),
        cursor,
        limit: PAGE,
      });
      for (const { deadline, phoneNumber, scope, method, originalMessage, trackingId } of page) {
        say(
          [deadline, phoneNumber, scope, method, trackingId ?? '-', JSON.stringify(originalMessage)].join(
            '  ',
          ),
        );
      }
      cursor = page.at(-1) ?? null;
    } while (cursor !== null);
  },
};

const complete: Command = {
  usage: ['complete NUMBER --note WORDS [--scope TOPIC]', 'says that a pending request was carried through'],
  options: { note: { type: 'string' }, scope: { type: 'string', default: WHOLE_SENDER } },
  async run(words, options, { pool, clock, pseudonyms, say, by }) {
    const phoneNumber = numberOf(words);
    const now = clock.now();
    const completion = { note: required(options, 'note'), scope: required(options, 'scope') };
    const outcome = await inTransaction(pool, (tx) =>
      completeRevocation(tx, { ...completion, phoneNumber, actor: by, now }, telling(now, pseudonyms)),
    );
    if (outcome === 'not_pending') throw new UsageError(`no request of ${phoneNumber} is pending`);
    say(`${phoneNumber} is opted out`);
  },
};

const takeBack: Command = {
  usage: [
    'restore CHANGE --as misread_text|import_fault|clerical_error --reason WORDS',
    'takes back what was recorded as a revocation and was none',
  ],
  options: { as: { type: 'string' }, reason: { type: 'string' } },
  async run(words, options, { pool, clock, pseudonyms, say, by }) {
    const changeId = onlyWord(words, 'change id');
    const reason = REASONS.find((name) => name === required(options, 'as'));
    if (reason === undefined) throw new UsageError(`--as is one of ${REASONS.join(', ')}`);
    const explanation = required(options, 'reason');
    const now = clock.now();
    const outcome = await inTransaction(pool, (tx) =>
      restore(tx, { changeId, reason, explanation, actor: by, now }, telling(now, pseudonyms)),
    );
    switch (outcome.kind) {
      case 'restored':
        return say(outcome.stillBlocked ? 'taken back; another revocation stays in force' : 'restored');
      case 'already_restored':
        return say('it had been taken back before');
      case 'unknown_change':
        throw new UsageError(`there is no change ${changeId}`);
      case 'refused':
        throw new UsageError(outcome.why);
    }
  },
};

const reviews: Command = {
  usage: ['reviews', 'lists texts that a person should read, the most urgent first'],
  options: {},
  async run(_words, _options, { pool, say }) {
    let cursor: ForReview | null = null;
    do {
      const page: ForReview[] = await listOpenReviews(pool, cursor, PAGE);
      for (const { deadline, reviewId, phoneNumber, changeId, rule, originalMessage } of page) {
        const now = changeId === null ? 'not suppressed' : 'suppressed';
        say([deadline, reviewId, phoneNumber, now, rule, JSON.stringify(originalMessage)].join('  '));
      }
      cursor = page.at(-1) ?? null;
    } while (cursor !== null);
  },
};

const judge = (verdict: 'keep' | 'restore' | 'suppress', does: string): Command => ({
  usage: [`reviews ${verdict} REVIEW --reason WORDS`, does],
  options: { reason: { type: 'string' } },
  async run(words, options, { pool, clock, pseudonyms, say, by }) {
    const reviewId = onlyWord(words, 'review id');
    const reason = required(options, 'reason');
    const now = clock.now();
    const outcome = await inTransaction(pool, (tx) =>
      judgeReview(tx, { reviewId, verdict, reason, by, now }, telling(now, pseudonyms)),
    );
    if (outcome.kind === 'refused') throw new UsageError(outcome.why);
    if (outcome.kind === 'unknown_review') throw new UsageError(`there is no review ${reviewId}`);
    say(outcome.kind.replaceAll('_', ' '));
  },
});

/** What people decide about consent. */
export const revocationCommands: Readonly<Record<string, Command>> = {
  revoke,
  pending,
  complete,
  restore: takeBack,
  reviews,
  'reviews keep': judge('keep', 'the text was read rightly'),
  'reviews restore': judge('restore', 'it is no revocation: the person gets messages again'),
  'reviews suppress': judge('suppress', 'it is a revocation: nothing is sent from now on'),
};
