import type { z } from 'zod';
import type { ConsentChange } from '#shared/consent/change.ts';
import { consentChange, wordingHash } from '#shared/consent/change.ts';
import { completeRevocation } from '#shared/consent/complete.ts';
import { lastDayToHonour } from '#shared/consent/deadline.ts';
import { isChangeOf } from '#shared/consent/history.ts';
import { waitForRequestsInFlight } from '#shared/consent/in-flight.ts';
import { recordConsents } from '#shared/consent/record.ts';
import { restore } from '#shared/consent/restore.ts';
import type { Logger } from '#shared/logger.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { Pool } from '#shared/postgres/pool.ts';
import { change, type Operation, reply } from '../http/operation.ts';
import { phoneParams } from '../http/phone.ts';
import { Problem } from '../http/problem.ts';
import { nameOf } from '../identity/identity.ts';
import {
  capturedSchema,
  completionSchema,
  newConsentSchema,
  newOptOutSchema,
  optedOutSchema,
  personStandingSchema,
  restorationSchema,
  wirePerson,
} from './schemas.ts';
import { auditedStandings, type ConsentParts, lockStandings, standingsOf, tellingOf } from './standings.ts';

/** An instant that a caller says, or now. A fault when it lies ahead. */
function instantOf(given: string | undefined, now: Date, pointer: string): Date {
  if (given === undefined) return now;
  const instant = new Date(given);
  if (instant <= now) return instant;
  throw new Problem('invalid_request', 'It cannot have happened yet.', {
    faults: [{ in: 'body', pointer, detail: 'must not be in the future' }],
  });
}

export interface ConsentChangeParts extends ConsentParts {
  pool: Pool;
  logger: Logger;
}

/** What is recorded of a person's consent on their behalf. Texts never come this way: the gateway hears them. */
export const consentChanges = (parts: ConsentChangeParts): readonly Operation[] => [
  change({
    id: 'captureConsent',
    method: 'post',
    path: '/v1/consents',
    tag: 'Consent',
    summary: 'Records consent that somebody gave on a form',
    description:
      'With what proves it: the wording that was shown, word for word, and what the person did. It lifts a stop as START does, unless the person asked to stop after `givenAt`. `marketing_in_writing` and `artificial_voice` need a signed agreement with their disclosures (47 CFR 64.1200(f)(9)).',
    access: 'operator',
    body: newConsentSchema,
    replies: { 201: { description: 'The consent is on record', body: capturedSchema } },
    handle: async ({ body, identity, ip, userAgent }, { tx, audit }) => {
      const now = parts.clock.now();
      const phone = body.phoneNumber;
      const before = await lockStandings(tx, phone, parts);
      const consent = consentChange({
        changeId: parts.clock.newId(),
        phoneNumber: phone,
        status: 'opted_in',
        method: body.method,
        scope: body.scope,
        channels: body.channels,
        granted: [...new Set(body.granted)],
        requestedAt: instantOf(body.givenAt, now, '/givenAt'),
        foundLate: body.givenAt !== undefined,
        cause: `recorded by ${nameOf(identity)}`,
        actor: nameOf(identity),
        externalId: body.externalId,
        trackingId: body.trackingId,
        evidence: {
          wording: body.wording,
          affirmativeAction: body.affirmativeAction,
          url: body.url,
          ip: body.ip ?? ip,
          userAgent: body.userAgent ?? userAgent,
        },
      });
      const { lifted } = await recordConsents(tx, [consent], tellingOf(parts));
      const after = await standingsOf(tx, phone, parts);
      const wordingSha256 = wordingHash(body.wording);
      audit({
        subject: 'consent',
        subjectId: phone,
        action: 'captured',
        before: auditedStandings(before),
        after: {
          ...auditedStandings(after),
          changeId: consent.changeId,
          granted: consent.granted,
          scope: consent.scope,
          wordingSha256,
        },
      });
      return reply(201, {
        ...wirePerson(phone, after),
        changeId: consent.changeId,
        wordingSha256,
        lifted: lifted.length > 0,
      });
    },
  }),
  change({
    id: 'recordOptOut',
    method: 'post',
    path: '/v1/consents/{phone}/opt-out',
    tag: 'Consent',
    summary: 'Records a request to stop that came in otherwise than by text',
    description:
      'From the answer on no request to a carrier starts for this number; those on their way are waited for, 8 s at most. What waits for the person is blocked for good. It never ends by itself: only START, new consent, or taking back what was none, lifts it.',
    access: 'operator',
    params: phoneParams,
    body: newOptOutSchema,
    replies: { 201: { description: 'The request is on record', body: optedOutSchema } },
    beforeAnswer: ({ params: { phone } }) => endRequestsInFlight(phone, parts),
    handle: async ({ body, identity, params: { phone } }, { tx, audit }) => {
      const now = parts.clock.now();
      const before = await lockStandings(tx, phone, parts);
      const requestedAt = instantOf(body.requestedAt, now, '/requestedAt');
      const optOut = optOutOf(phone, body, {
        changeId: parts.clock.newId(),
        requestedAt,
        actor: nameOf(identity),
      });
      const { blocked } = await recordConsents(tx, [optOut], tellingOf(parts));
      const after = await standingsOf(tx, phone, parts);
      audit({
        subject: 'consent',
        subjectId: phone,
        action: 'opt-out-recorded',
        before: auditedStandings(before),
        after: {
          ...auditedStandings(after),
          changeId: optOut.changeId,
          method: optOut.method,
          scope: optOut.scope,
          deadline: optOut.deadline,
        },
      });
      return reply(201, {
        ...wirePerson(phone, after),
        changeId: optOut.changeId,
        deadline: optOut.deadline,
        messagesBlocked: blocked,
      });
    },
  }),
  change({
    id: 'completeOptOut',
    method: 'post',
    path: '/v1/consents/{phone}/complete',
    tag: 'Consent',
    summary: 'Says that a pending request to stop was carried through everywhere',
    access: 'operator',
    params: phoneParams,
    body: completionSchema,
    replies: { 200: { description: 'The person is opted out', body: personStandingSchema } },
    problems: ['conflict'],
    handle: async ({ body: { note, scope }, identity, params: { phone } }, { tx, audit }) => {
      const before = await lockStandings(tx, phone, parts);
      const outcome = await completeRevocation(
        tx,
        { phoneNumber: phone, scope, note, actor: nameOf(identity), now: parts.clock.now() },
        tellingOf(parts),
      );
      if (outcome === 'not_pending') {
        throw new Problem('conflict', `No request of this person about ${scope} is pending.`);
      }
      const after = await standingsOf(tx, phone, parts);
      audit({
        subject: 'consent',
        subjectId: phone,
        action: 'opt-out-completed',
        before: auditedStandings(before),
        after: auditedStandings(after),
      });
      return reply(200, wirePerson(phone, after));
    },
  }),
  change({
    id: 'restoreConsent',
    method: 'post',
    path: '/v1/consents/{phone}/restore',
    tag: 'Consent',
    summary: 'Takes back what was recorded as a revocation and was none',
    description:
      '`misread_text`: a text in the review queue that was read as a revocation. `import_fault`: a line of a list. `clerical_error`: what one of you recorded. Nothing else can be taken back: what a person did say is lifted by that person alone, by START or new consent. The history keeps both. If the person has stopped in another way as well, `blocked` stays true.',
    access: 'operator',
    params: phoneParams,
    body: restorationSchema,
    replies: { 200: { description: 'It is taken back', body: personStandingSchema } },
    problems: ['not_found', 'conflict'],
    handle: async ({ body, identity, params: { phone } }, { tx, audit }) => {
      const { changeId, explanation, reason } = body;
      if (!(await isChangeOf(tx, changeId, phone, parts.pseudonyms))) throw noSuchChange();
      const before = await lockStandings(tx, phone, parts);
      const outcome = await restore(
        tx,
        { changeId, reason, explanation, actor: nameOf(identity), now: parts.clock.now() },
        tellingOf(parts),
      );
      switch (outcome.kind) {
        case 'unknown_change':
          throw noSuchChange();
        case 'already_restored':
          throw new Problem('conflict', 'It has been taken back before.');
        case 'refused':
          throw new Problem('conflict', `It cannot be taken back: ${outcome.why}.`);
        case 'restored': {
          const after = await standingsOf(tx, phone, parts);
          audit({
            subject: 'consent',
            subjectId: phone,
            action: 'restored',
            before: auditedStandings(before),
            after: { ...auditedStandings(after), takenBack: changeId, reason },
          });
          return reply(200, wirePerson(phone, after));
        }
      }
    },
  }),
];

const noSuchChange = (): Problem => new Problem('not_found', 'This person has no change with this id.');

type OptOutBody = z.output<typeof newOptOutSchema>;

const optOutOf = (
  phoneNumber: PhoneNumber,
  { channels, externalId, method, originalMessage, scope, status, trackingId }: OptOutBody,
  { actor, changeId, requestedAt }: { actor: string; changeId: string; requestedAt: Date },
): ConsentChange =>
  consentChange({
    changeId,
    phoneNumber,
    status,
    method,
    scope,
    channels,
    requestedAt,
    deadline: status === 'pending_opt_out' ? lastDayToHonour(requestedAt) : null,
    originalMessage,
    cause: `recorded by ${actor}`,
    actor,
    externalId,
    trackingId,
  });

/** The opt-out is committed: whoever waits for the answer waits for what began before it. */
async function endRequestsInFlight(
  phone: PhoneNumber,
  { clock, logger, pool }: ConsentChangeParts,
): Promise<void> {
  try {
    if (await waitForRequestsInFlight(pool, clock, phone)) return;
    logger.warn({ from: phone }, 'a request was still on its way after the wait');
  } catch (error) {
    // It is on record all the same, and the answer has to say so.
    logger.warn({ err: error, from: phone }, 'nobody knows whether requests are on their way');
  }
}
