import { z } from 'zod';
import type { Clock } from '#shared/clock.ts';
import { readProgramme } from '#shared/content/programmes.ts';
import { type UpdateUser, updateUserSchema } from '#shared/contracts/dialog-commands.ts';
import type { Drills } from '#shared/drills/drills.ts';
import { writeSlotOutbox } from '#shared/outbox/write.ts';
import { decodeCursor, page, pageOf, pageQuery } from '../http/cursor.ts';
import { change, type Operation, read, reply } from '../http/operation.ts';
import { shownPhone } from '../http/phone.ts';
import type { PhoneReferences } from '../http/phone-reference.ts';
import { Problem } from '../http/problem.ts';
import { instant } from '../http/time.ts';
import { lockList, readList } from '../lists/store.ts';
import {
  countParticipants,
  type Enrolled,
  enrolFromList,
  leftOfList,
  listParticipants,
  participantStates,
  type StoredParticipant,
  tallyDrills,
} from './store.ts';

const tag = 'Programmes';

/** Most people of one request: what is locked and written at once. */
const MOST_ENROLLED = 5_000;

const params = z.object({ slug: z.string().min(1).max(100) });
const position = z.object({ phoneNumber: z.string() });

const participantSchema = z
  .object({
    phoneNumber: shownPhone,
    enrolledBy: z.enum(['code', 'list', 'text']).meta({
      description: 'By a code, by a contact list, or because they asked for a drill or were given one',
    }),
    enrolledAt: instant,
    lastInteractedAt: instant.nullable().meta({ description: 'When the person did something; null: never' }),
    optedOut: z.boolean(),
    timeZone: z.string().nullable().meta({ description: "As it was told; null: the programme's" }),
    deliveryTime: z
      .string()
      .nullable()
      .meta({ description: "Local time of day that they chose; null: the programme's", example: '09:30' }),
    prompt: z
      .object({ slug: z.string(), startedAt: instant, reminded: z.boolean() })
      .nullable()
      .meta({ description: 'The question that waits for an answer' }),
    completedAt: instant.nullable().meta({ description: 'All drills of the programme' }),
    completedDrills: z
      .int()
      .min(0)
      .meta({ description: 'How many drills they completed, of those that the programme has now' }),
    nextStartAt: instant.nullable().meta({ description: 'When the next drill starts by itself' }),
    remindAt: instant.nullable().meta({ description: 'When they are reminded of the prompt' }),
  })
  .meta({ id: 'Participant' });

const count = z.int().min(0);

const progressSchema = z
  .object({
    participants: z.object({ active: count, completed: count, optedOut: count }).meta({
      id: 'ParticipantCounts',
      description: 'They add up to all who take part. `completed`: every drill',
    }),
    drills: z
      .array(
        z
          .object({ drill: z.string(), started: count, completed: count, waiting: count })
          .meta({ id: 'DrillTally' }),
      )
      .meta({
        description:
          'Of each drill of the programme in its order, then of those that it had before. Times, in all versions and languages: who is given a drill twice counts twice',
      }),
  })
  .meta({ id: 'ProgrammeProgress' });

const listId = z.uuid().meta({ description: 'A contact list' });

const enrolmentSchema = z
  .strictObject({
    listId,
    most: z.int().min(0).max(100_000_000).optional().meta({
      description:
        'How many whoever asks expects to be enrolled by this request and those after it: nobody is where there are more. Left out: however many there are',
    }),
  })
  .meta({ id: 'NewEnrolment' });

const outlookSchema = z
  .object({
    members: z.int().meta({ description: 'How many are on the list' }),
    left: z.int().meta({ description: 'How many of them do not take part yet, and would' }),
  })
  .meta({ id: 'EnrolmentOutlook' });

const enrolledSchema = z
  .object({
    enrolled: z.int().meta({ description: 'How many take part since this request' }),
    left: z.int().meta({ description: 'How many of the list still do not: ask again while there are any' }),
  })
  .meta({ id: 'Enrolled' });

/** Who takes part in a programme, and how people come to. */
export const participantOperations = ({
  clock,
  drills,
  producer,
  references,
}: {
  clock: Clock;
  references: PhoneReferences;
  drills: Drills;
  producer: string;
}): readonly Operation[] => [
  read({
    id: 'listParticipants',
    path: '/v1/programmes/{slug}/participants',
    tag,
    summary: 'Lists who takes part in a programme, by their numbers',
    access: 'viewer',
    params,
    query: z.strictObject({
      ...pageQuery,
      state: z.enum(participantStates).optional().meta({ description: 'Left out: everybody' }),
      enrolledBy: z.enum(['code', 'list', 'text']).optional(),
      idleSince: instant.optional().meta({ description: 'Only those who did nothing since' }),
    }),
    replies: { 200: { description: 'A page of them', body: pageOf(participantSchema, 'ParticipantPage') } },
    problems: ['not_found'],
    handle: async ({ params: { slug }, query: { cursor, enrolledBy, idleSince, limit, state } }, db) => {
      const kept = await readProgramme(db, slug);
      if (kept === null) throw noProgramme();
      const after = decodeCursor(position, cursor)?.phoneNumber;
      const rows = await listParticipants(db, {
        programmeSlug: slug,
        drills: kept.programme.drills,
        state: state ?? null,
        enrolledBy: enrolledBy ?? null,
        idleSince: idleSince ?? null,
        after: after === undefined ? null : references.unsealed(after),
        limit: limit + 1,
      });
      const positionOf = ({ phoneNumber }: StoredParticipant) => ({
        phoneNumber: references.sealed(phoneNumber),
      });
      return reply(200, page(rows, limit, { item: wireParticipant, positionOf }));
    },
  }),
  read({
    id: 'getProgrammeProgress',
    path: '/v1/programmes/{slug}/progress',
    tag,
    summary: 'How far the people of a programme are, and what became of its drills',
    access: 'viewer',
    params,
    replies: { 200: { description: 'Counts of now', body: progressSchema } },
    problems: ['not_found'],
    handle: async ({ params: { slug } }, db) => {
      const kept = await readProgramme(db, slug);
      if (kept === null) throw noProgramme();
      const tallies = new Map((await tallyDrills(db, slug)).map((tally) => [tally.drill, tally]));
      const { active, completed, opted_out: optedOut } = await countParticipants(db, slug);
      const order = [...new Set([...kept.programme.drills, ...tallies.keys()])];
      return reply(200, {
        participants: { active, completed, optedOut },
        drills: order.map((drill) => tallies.get(drill) ?? { drill, started: 0, completed: 0, waiting: 0 }),
      });
    },
  }),
  read({
    id: 'getEnrolmentOutlook',
    path: '/v1/programmes/{slug}/enrolments',
    tag,
    summary: 'How many people of a contact list would be enrolled in a programme',
    access: 'viewer',
    params,
    query: z.strictObject({ listId }),
    replies: { 200: { description: 'As it is now', body: outlookSchema } },
    problems: ['not_found'],
    handle: async ({ params: { slug }, query: { listId } }, db) => {
      await known(drills, slug);
      const list = await readList(db, listId);
      if (list === null) throw noList();
      return reply(200, { members: list.members, left: await leftOfList(db, listId, slug) });
    },
  }),
  change({
    id: 'enrolList',
    method: 'post',
    path: '/v1/programmes/{slug}/enrolments',
    tag,
    summary: 'Enrols the people of a contact list in a programme',
    description: `They count as validated, and get the first drill at their time of delivery, if the programme has one; it is no consent. Who takes part already stays as they are. At most ${MOST_ENROLLED} people a request.`,
    access: 'operator',
    params,
    body: enrolmentSchema,
    replies: { 200: { description: 'They take part', body: enrolledSchema } },
    problems: ['not_found', 'conflict'],
    handle: async ({ body: { listId, most }, params: { slug } }, { tx, audit }) => {
      await known(drills, slug);
      if ((await lockList(tx, listId, 'members')) === null) throw noList();
      const now = clock.now();
      if (most !== undefined) {
        const people = await leftOfList(tx, listId, slug);
        if (people > most) {
          throw new Problem(
            'conflict',
            `The list has ${people} people who do not take part yet, and ${most} were expected. Look again.`,
          );
        }
      }
      const enrolled = await enrolFromList(tx, { programmeSlug: slug, listId, now, limit: MOST_ENROLLED });
      await writeSlotOutbox(
        tx,
        producer,
        enrolled.map((person) => ({
          kind: 'stream',
          target: 'dialog-commands',
          orderingKey: person.phoneNumber,
          body: JSON.stringify(validation(person, clock.newId(), now)),
        })),
      );
      // Never who: a list of people would stay in the audit log when they are erased.
      const after = { list: listId, people: enrolled.length };
      audit({ subject: 'programme', subjectId: slug, action: 'people enrolled', before: null, after });
      const left = enrolled.length < MOST_ENROLLED ? 0 : await leftOfList(tx, listId, slug);
      return reply(200, { enrolled: enrolled.length, left });
    },
  }),
];

const noList = (): Problem => new Problem('not_found', 'There is no such list.');
const noProgramme = (): Problem => new Problem('not_found', 'There is no programme of this name.');

async function known(drills: Drills, slug: string): Promise<void> {
  if ((await drills.current()).programme(slug) === null) throw noProgramme();
}

/** What the dialog is told of somebody who was enrolled. What their contact does not say stays as they said it. */
const validation = (person: Enrolled, commandId: string, now: Date): UpdateUser =>
  updateUserSchema.parse({
    type: 'UPDATE_USER',
    commandId,
    phoneNumber: person.phoneNumber,
    occurredAt: now.toISOString(),
    payload: {
      profile: {
        validated: true,
        ...(person.name === null ? {} : { name: person.name }),
        // A language of one letter is none.
        ...(person.language === null || person.language.length < 2 ? {} : { language: person.language }),
        ...(person.timeZone === null ? {} : { timezone: person.timeZone }),
      },
    },
  });

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

const wireParticipant = ({
  promptSlug,
  promptStartedAt,
  reminded,
  ...person
}: StoredParticipant): z.input<typeof participantSchema> => ({
  ...person,
  enrolledAt: person.enrolledAt.toISOString(),
  lastInteractedAt: iso(person.lastInteractedAt),
  prompt:
    promptSlug === null || promptStartedAt === null
      ? null
      : { slug: promptSlug, startedAt: promptStartedAt.toISOString(), reminded },
  completedAt: iso(person.completedAt),
  nextStartAt: iso(person.nextStartAt),
  remindAt: iso(person.remindAt),
});
