import { z } from 'zod';
import { type Judged, judgeReview } from '#shared/consent/review.ts';
import { type ForReview, findReview, listOpenReviews } from '#shared/consent/review-queue.ts';
import { personStandingSchema, wirePerson, words } from '../consents/schemas.ts';
import {
  auditedStandings,
  type ConsentParts,
  lockStandings,
  standingsOf,
  tellingOf,
} from '../consents/standings.ts';
import { decodeCursor, page, pageOf, pageQuery } from '../http/cursor.ts';
import { type ChangeTools, change, type Operation, read, reply } from '../http/operation.ts';
import { shownPhone } from '../http/phone.ts';
import { Problem } from '../http/problem.ts';
import { instant } from '../http/time.ts';
import { uuid } from '../http/words.ts';
import { type Identity, nameOf } from '../identity/identity.ts';

export const reviewSchema = z
  .object({
    id: z.string(),
    phoneNumber: shownPhone,
    originalMessage: z.string(),
    rule: z.string().meta({ description: 'What read it' }),
    suppressed: z.boolean().meta({ description: 'Whether it was taken for a revocation' }),
    changeId: z.string().nullable().meta({ description: 'The revocation that was made of it' }),
    requestedAt: instant,
    deadline: z.iso.date().meta({ description: 'Last day to honour it, should it be one: US Eastern' }),
  })
  .meta({ id: 'Review' });

const position = z.object({ deadline: z.iso.date(), reviewId: z.uuid() });
const params = z.object({ id: uuid });
const judgementSchema = z
  .strictObject({ reason: words(1_000).meta({ description: 'Kept in the history' }) })
  .meta({ id: 'Judgement' });

const wireReview = ({
  changeId,
  requestedAt,
  reviewId: id,
  ...review
}: ForReview): z.input<typeof reviewSchema> => ({
  ...review,
  id,
  changeId,
  suppressed: changeId !== null,
  requestedAt: requestedAt.toISOString(),
});

const noSuchReview = (): Problem => new Problem('not_found', 'There is no review with this id.');

/** Texts that a person should read: what may be a revocation, and what was taken for one. */
export const reviewOperations = (parts: ConsentParts): readonly Operation[] => {
  /** Judges a text as the verdict that this one asks for, given what was made of it. */
  async function judge(
    request: { id: string; reason: string; identity: Identity | null; isRevocation: boolean },
    { audit, tx }: ChangeTools,
  ) {
    const found = await findReview(tx, request.id);
    if (found === null) throw noSuchReview();
    const { phoneNumber, changeId } = found.review;
    const before = await lockStandings(tx, phoneNumber, parts);
    if (request.isRevocation && found.takenBack) {
      throw new Problem(
        'conflict',
        'The revocation that was made of this text has been taken back. Record an opt-out instead.',
      );
    }
    const wasTakenForOne = changeId !== null;
    const change = request.isRevocation ? 'suppress' : 'restore';
    const judged = await judgeReview(
      tx,
      {
        reviewId: request.id,
        verdict: wasTakenForOne === request.isRevocation ? 'keep' : change,
        reason: request.reason,
        by: nameOf(request.identity),
        now: parts.clock.now(),
      },
      tellingOf(parts),
    );
    refuse(judged);
    const after = await standingsOf(tx, phoneNumber, parts);
    audit({
      subject: 'review',
      subjectId: request.id,
      action: request.isRevocation ? 'confirmed' : 'dismissed',
      before: { phoneNumber, ...auditedStandings(before) },
      after: { phoneNumber, ...auditedStandings(after), reason: request.reason },
    });
    return reply(200, wirePerson(phoneNumber, after));
  }

  return [
    read({
      id: 'listReviews',
      path: '/v1/reviews',
      tag: 'Consent',
      summary: 'Texts that nobody has judged yet, the soonest deadline first',
      access: 'viewer',
      query: z.strictObject(pageQuery),
      replies: { 200: { description: 'A page of texts', body: pageOf(reviewSchema, 'ReviewPage') } },
      handle: async ({ query: { cursor, limit } }, db) => {
        const rows = await listOpenReviews(db, decodeCursor(position, cursor), limit + 1);
        const body = page(rows, limit, {
          item: wireReview,
          positionOf: ({ deadline, reviewId }) => ({ deadline, reviewId }),
        });
        return reply(200, body);
      },
    }),
    change({
      id: 'confirmReview',
      method: 'post',
      path: '/v1/reviews/{id}/confirm',
      tag: 'Consent',
      summary: 'The text is a revocation',
      description:
        'What was suppressed stays so; what was not is suppressed now. The first judgement counts.',
      access: 'operator',
      params,
      body: judgementSchema,
      replies: { 200: { description: 'Where the person stands now', body: personStandingSchema } },
      problems: ['not_found', 'conflict'],
      handle: ({ body: { reason }, identity, params: { id } }, tools) =>
        judge({ id, reason, identity, isRevocation: true }, tools),
    }),
    change({
      id: 'dismissReview',
      method: 'post',
      path: '/v1/reviews/{id}/dismiss',
      tag: 'Consent',
      summary: 'The text is no revocation',
      description:
        'What was suppressed because of it is taken back, as a misread text; another revocation of the person stays in force. The first judgement counts.',
      access: 'operator',
      params,
      body: judgementSchema,
      replies: { 200: { description: 'Where the person stands now', body: personStandingSchema } },
      problems: ['not_found', 'conflict'],
      handle: ({ body: { reason }, identity, params: { id } }, tools) =>
        judge({ id, reason, identity, isRevocation: false }, tools),
    }),
  ];
};

/** Throws where nothing was judged. */
function refuse(judged: Judged): void {
  switch (judged.kind) {
    case 'unknown_review':
      throw noSuchReview();
    case 'already_judged':
      throw new Problem('conflict', 'Somebody has judged this text already.');
    case 'refused':
      throw new Problem('conflict', `It cannot be judged so: ${judged.why}.`);
    case 'unknown_change':
      throw new Error('a review names a change that is not on record');
    case 'kept':
    case 'suppressed':
    case 'restored':
    case 'already_restored':
      return;
  }
}
