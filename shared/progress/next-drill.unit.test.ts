import assert from 'node:assert/strict';
import fc from 'fast-check';
import { dialogCommandSchema } from '#shared/contracts/dialog-commands.ts';
import {
  type DialogEvent,
  type DialogEventBatch,
  dialogEventBatchSchema,
} from '#shared/contracts/dialog-events.ts';
import { drillSchema } from '#shared/contracts/drill.ts';
import type { Origin } from '#shared/contracts/origin.ts';
import type { Profile } from '#shared/contracts/profile.ts';
import { type Programme, programmeFileSchema } from '#shared/drills/programme.ts';
import {
  batchIdOf,
  drillInstanceIdOf,
  drillStartCommandId,
  eventIdOf,
  nothingMoreCommandId,
} from '#shared/identity.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { followBatch, nextDrill, type ProgressRow } from './next-drill.ts';

const person = phoneNumber('+14155550101');
const ourNumber = phoneNumber('+14155550199');
const programme: Programme = {
  ...programmeFileSchema.parse({
    slug: 'clean-hands',
    name: 'Clean Hands',
    company: 'Elm County Health',
    contact: 'care@example.org',
    drills: ['one', 'two', 'three'],
    registration: 'open',
    senderNumbers: ['default'],
    defaultLanguage: 'en',
    timezone: 'America/New_York',
    intent: 'transactional',
  }),
  senderNumbers: [ourNumber],
};

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const at = (seconds: number): string => new Date(Date.UTC(2026, 10, 21, 15, 0, seconds)).toISOString();
const reply: Origin = { kind: 'reply', senderNumber: ourNumber, receivedAt: at(0) };
const profile: Profile = {
  validated: true,
  optedOut: false,
  isDemo: false,
  name: null,
  language: 'en',
  timezone: null,
  accountInfo: {},
  answers: {},
};

type Body<E> = E extends DialogEvent ? Omit<E, 'eventId' | 'occurredAt'> : never;
type EventBody = Body<DialogEvent>;

const batchOf = (
  events: readonly EventBody[],
  {
    n = 1,
    seconds = 100,
    origin = reply,
    language = 'en',
  }: { n?: number; seconds?: number; origin?: Origin; language?: string } = {},
): DialogEventBatch =>
  dialogEventBatchSchema.parse({
    schemaVersion: 1,
    batchId: batchIdOf(id(n)),
    commandId: id(n),
    phoneNumber: person,
    version: n,
    occurredAt: at(seconds),
    programmeSlug: 'clean-hands',
    origin,
    profileBefore: profile,
    profileAfter: { ...profile, language },
    events: events.map((event, index) => ({
      ...event,
      eventId: eventIdOf(batchIdOf(id(n)), index),
      occurredAt: at(seconds),
    })),
  });

const more: EventBody = { type: 'NEXT_DRILL_REQUESTED' };
const validated: EventBody = {
  type: 'USER_VALIDATED',
  codeValidation: { valid: true, isDemo: false, accountInfo: {}, programmeSlug: 'clean-hands' },
};
const optedOut: EventBody = { type: 'OPTED_OUT', drillInstanceId: null, confirm: true };
const started = (slug: string, instance: string): EventBody => {
  const drill = drillSchema.parse({
    slug,
    name: slug,
    version: 1,
    defaultLanguage: 'en',
    prompts: [{ slug: 'p', messages: [{ text: { en: 'Hi' } }] }],
  });
  const [firstPrompt] = drill.prompts;
  assert.ok(firstPrompt);
  return {
    type: 'DRILL_STARTED',
    drill,
    firstPrompt,
    drillInstanceId: instance,
    replacedDrillInstanceId: null,
  };
};
const completed = (instance: string): EventBody => ({
  type: 'DRILL_COMPLETED',
  drillInstanceId: instance,
  lastPromptResponse: null,
});

/** A row as it is after so many of: asked for, started, completed. */
const row = (drillSlug: string, stage: 1 | 2 | 3, n = 500): ProgressRow => ({
  drillSlug,
  drillInstanceId: id(n),
  requestedAt: at(1),
  startedAt: stage > 1 ? at(2) : null,
  completedAt: stage > 2 ? at(3) : null,
  nothingMoreAt: null,
});

/** The rows after a step, as the table would hold them. */
const tableAfter = (rows: readonly ProgressRow[], step: ReturnType<typeof followBatch>): ProgressRow[] => {
  const table = new Map(rows.map((entry) => [entry.drillSlug, entry]));
  for (const slug of step.removed) table.delete(slug);
  for (const entry of step.written) table.set(entry.drillSlug, entry);
  return [...table.values()];
};

const startedSlugs = (step: ReturnType<typeof followBatch>): string[] =>
  step.commands.flatMap((command) => (command.type === 'START_DRILL' ? [command.payload.drillSlug] : []));

describe('A wish that ends a drill', () => {
  const wishes = [
    ['NAME_CHANGE_REQUESTED', 'name'],
    ['LANGUAGE_CHANGE_REQUESTED', 'language'],
    ['SCHEDULING_REQUESTED', 'schedule'],
  ] as const;
  for (const [type, kind] of wishes) {
    it(`(${kind}) is answered by the drill that the programme has for it, at once`, () => {
      const batch = batchOf([{ type, abandonedDrillInstanceId: null }]);
      const asking = { ...programme, requests: { [kind]: 'ask' } };
      const { commands, written } = followBatch(batch, asking, []);
      const commandId = drillStartCommandId(person, 'ask', batch.batchId);
      assert.deepEqual(
        commands.map((command) => [command.commandId, command.type, command.occurredAt]),
        [[commandId, 'START_DRILL', batch.occurredAt]],
      );
      assert.deepEqual(
        written.map(({ drillInstanceId, drillSlug }) => [drillSlug, drillInstanceId]),
        [['ask', drillInstanceIdOf(commandId)]],
      );
      // Asked for twice in a row, it starts once; and it is none of the lessons.
      const again = batchOf([{ type, abandonedDrillInstanceId: null }], { n: 2, seconds: 101 });
      assert.deepEqual(followBatch(again, asking, written).commands, []);
      assert.equal(nextDrill(programme.drills, written), 'one');
    });

    it(`(${kind}) is answered by nothing where the programme has none`, () => {
      const batch = batchOf([{ type, abandonedDrillInstanceId: null }]);
      assert.deepEqual(followBatch(batch, programme, []), { commands: [], removed: [], written: [] });
    });
  }
});

describe('the next drill', () => {
  const order = programme.drills;
  for (const [why, rows, expected] of [
    ['the first one for a beginner', [], 'one'],
    ['the first that was not started', [row('one', 2), row('two', 1)], 'two'],
    ['one that was not started before one that was not completed', [row('one', 2), row('three', 2)], 'two'],
    [
      'the first that was not completed when all were started',
      [row('one', 3), row('two', 2), row('three', 2)],
      'two',
    ],
    ['none when all are completed', order.map((slug) => row(slug, 3)), null],
    ['none of another programme', [...order.map((slug) => row(slug, 3)), row('elsewhere', 1)], null],
  ] as const) {
    it(`is ${why}`, () => assert.equal(nextDrill(order, rows), expected));
  }
});

describe('following a batch of events', () => {
  it('starts the first drill after a registration, from the beginning whatever was done before', () => {
    const rows = [row('one', 3), row('two', 2)];
    const batch = batchOf([validated]);
    const step = followBatch(batch, programme, rows);
    const commandId = drillStartCommandId(person, 'one', batch.batchId);
    const drillInstanceId = drillInstanceIdOf(commandId);
    assert.deepEqual(step.commands, [
      {
        type: 'START_DRILL',
        commandId,
        phoneNumber: person,
        occurredAt: batch.occurredAt,
        payload: { drillSlug: 'one', drillInstanceId, origin: reply, programmeSlug: programme.slug },
      },
    ]);
    assert.deepEqual(tableAfter(rows, step), [
      {
        drillSlug: 'one',
        drillInstanceId,
        requestedAt: batch.occurredAt,
        startedAt: null,
        completedAt: null,
        nothingMoreAt: null,
      },
    ]);
    assert.deepEqual(step.removed, ['two']);
  });

  it('starts the next drill when the person asks for it, from the same cause', () => {
    const origin: Origin = { kind: 'planned', senderNumber: null, intent: 'marketing' };
    const step = followBatch(batchOf([more], { origin }), programme, [row('one', 3)]);
    assert.deepEqual(startedSlugs(step), ['two']);
    assert.deepEqual(step.commands[0]?.type === 'START_DRILL' && step.commands[0].payload.origin, origin);
  });

  it('starts the next drill when the person is back', () => {
    const step = followBatch(batchOf([{ type: 'OPTED_BACK_IN', confirm: true }, more]), programme, [
      row('one', 3),
    ]);
    assert.deepEqual(startedSlugs(step), ['two']);
  });

  it('takes up a drill that was left when nothing else is', () => {
    const rows = [row('one', 3), row('two', 2, 7), row('three', 3)];
    const step = followBatch(batchOf([more]), programme, rows);
    assert.deepEqual(startedSlugs(step), ['two']);
    assert.notEqual(step.written[0]?.drillInstanceId, id(7));
  });

  it('says once, in the language of the person, that there is nothing more', () => {
    const rows = programme.drills.map((slug) => row(slug, 3));
    const batch = batchOf([more], { language: 'es' });
    const step = followBatch(batch, programme, rows);
    assert.deepEqual(step, {
      written: [{ ...row('three', 3), nothingMoreAt: batch.occurredAt }],
      removed: [],
      commands: [
        {
          type: 'SEND_AD_HOC_MESSAGE',
          commandId: nothingMoreCommandId(batch.batchId),
          phoneNumber: person,
          occurredAt: batch.occurredAt,
          payload: {
            body: 'Has terminado todas las lecciones de Clean Hands. ¡Gracias por participar!',
            origin: reply,
          },
        },
      ],
    });
  });

  describe('after it was said that there is nothing more', () => {
    const rows = programme.drills.map((slug, n) => row(slug, 3, 500 + n));
    const told = tableAfter(rows, followBatch(batchOf([more], { n: 1 }), programme, rows));
    const askAfter = (...events: EventBody[]) => {
      const since = events.length === 0 ? told : tableAfter(told, follow(told, events, 2));
      return follow(since, [more], 3).commands.map(({ type }) => type);
    };
    const follow = (table: readonly ProgressRow[], events: readonly EventBody[], n: number) =>
      followBatch(batchOf(events, { n, seconds: 100 + n }), programme, table);

    it('says nothing about further requests', () => {
      assert.deepEqual(askAfter(), []);
      assert.deepEqual(askAfter({ type: 'THANK_YOU_RECEIVED' }, more), []);
      assert.deepEqual(follow(rows, [more, more], 1).commands.length, 1);
    });

    it('says it again after a drill was started or completed, and to a person who is back', () => {
      assert.deepEqual(askAfter(started('one', id(700))), ['SEND_AD_HOC_MESSAGE']);
      assert.deepEqual(askAfter(completed(id(500))), ['SEND_AD_HOC_MESSAGE']);
      assert.deepEqual(askAfter(optedOut), ['SEND_AD_HOC_MESSAGE']);
    });

    it('starts from the beginning after another registration', () => {
      assert.deepEqual(startedSlugs(follow(told, [validated], 2)), ['one']);
    });
  });

  it('does not start a drill twice for two requests in a row', () => {
    const first = followBatch(batchOf([more], { n: 1, seconds: 100 }), programme, []);
    const rows = tableAfter([], first);
    const second = followBatch(batchOf([more], { n: 2, seconds: 159 }), programme, rows);
    assert.deepEqual(second, { written: [], removed: [], commands: [] });
  });

  it('does not take up a drill twice for two requests in a row', () => {
    const rows = [row('one', 3), row('two', 2, 7), row('three', 3)];
    const first = followBatch(batchOf([more], { n: 1, seconds: 100 }), programme, rows);
    const second = followBatch(batchOf([more], { n: 2, seconds: 110 }), programme, tableAfter(rows, first));
    assert.deepEqual(startedSlugs(second), []);
  });

  it('asks again when a request came to nothing within a minute', () => {
    const rows = tableAfter([], followBatch(batchOf([more], { n: 1, seconds: 100 }), programme, []));
    assert.deepEqual(startedSlugs(followBatch(batchOf([more], { n: 2, seconds: 160 }), programme, rows)), [
      'one',
    ]);
  });

  it('asks again at once when the person stopped in between', () => {
    for (const rows of [[], [row('one', 3), row('two', 2, 7), row('three', 3)]]) {
      const asked = tableAfter(rows, followBatch(batchOf([more], { n: 1, seconds: 100 }), programme, rows));
      const stopped = tableAfter(
        asked,
        followBatch(batchOf([optedOut], { n: 2, seconds: 101 }), programme, asked),
      );
      const back = followBatch(batchOf([more], { n: 3, seconds: 102 }), programme, stopped);
      assert.equal(startedSlugs(back).length, 1);
    }
  });

  it('notes starts and ends of drills, whoever asked for them', () => {
    const begun = followBatch(batchOf([started('two', id(9))], { seconds: 5 }), programme, []);
    const rows = tableAfter([], begun);
    assert.deepEqual(rows, [{ ...row('two', 2, 9), requestedAt: at(5), startedAt: at(5) }]);
    const done = followBatch(batchOf([completed(id(9))], { n: 2, seconds: 8 }), programme, rows);
    assert.equal(done.written[0]?.completedAt, at(8));
    assert.deepEqual([begun.commands, done.commands], [[], []]);
  });

  it('notes a drill that begins and ends in one batch', () => {
    const step = followBatch(
      batchOf([started('one', id(9)), completed(id(9))], { seconds: 5 }),
      programme,
      [],
    );
    assert.deepEqual([step.written[0]?.startedAt, step.written[0]?.completedAt], [at(5), at(5)]);
  });

  it('keeps the time of the request when the drill that was asked for starts', () => {
    const asked = followBatch(batchOf([more], { seconds: 100 }), programme, []);
    const rows = tableAfter([], asked);
    const instance = rows[0]?.drillInstanceId ?? '';
    const step = followBatch(batchOf([started('one', instance)], { n: 2, seconds: 101 }), programme, rows);
    assert.deepEqual([step.written[0]?.requestedAt, step.written[0]?.startedAt], [at(100), at(101)]);
  });

  it('keeps a drill completed while it is repeated, and ignores the end of another instance', () => {
    const rows = [row('one', 3, 7)];
    const again = followBatch(batchOf([started('one', id(8))]), programme, rows);
    assert.equal(again.written[0]?.completedAt, at(3));
    const ended = followBatch(batchOf([completed(id(7))], { n: 2 }), programme, rows);
    assert.deepEqual(tableAfter(rows, ended)[0]?.completedAt, at(3));
    assert.deepEqual(
      followBatch(batchOf([completed(id(7))], { n: 2 }), programme, [row('one', 2, 8)]).written,
      [],
    );
  });

  it('does nothing about all else', () => {
    for (const event of [
      { type: 'THANK_YOU_RECEIVED' },
      { type: 'MENU_REQUESTED' },
      { type: 'UNHANDLED_MESSAGE_RECEIVED', message: 'more?' },
      { type: 'OPTED_BACK_IN', confirm: false },
    ] satisfies EventBody[]) {
      assert.deepEqual(followBatch(batchOf([event]), programme, [row('one', 2)]), {
        written: [],
        removed: [],
        commands: [],
      });
    }
  });

  describe('for all progress', () => {
    const stage = fc.constantFrom(1 as const, 2 as const, 3 as const);
    const anyRows = fc
      .tuple(
        fc.subarray(['one', 'two', 'three', 'elsewhere']),
        fc.array(stage, { minLength: 4, maxLength: 4 }),
      )
      .map(([slugs, stages]) => slugs.map((slug, n) => row(slug, stages[n] ?? 1, 500 + n)));
    const anyEvents = fc.array(
      fc.constantFrom(
        more,
        validated,
        optedOut,
        started('one', id(500)),
        started('two', id(9)),
        completed(id(500)),
        completed(id(9)),
      ),
      { minLength: 1, maxLength: 4 },
    );

    it('following a batch again from the same rows gives the same step, with valid commands', () => {
      fc.assert(
        fc.property(anyRows, anyEvents, (rows, events) => {
          const step = followBatch(batchOf(events), programme, rows);
          assert.deepEqual(followBatch(batchOf(events), programme, rows), step);
          for (const command of step.commands) dialogCommandSchema.parse(command);
        }),
      );
    });

    it('requests alone never start one drill twice within a minute', () => {
      const requests = fc.array(fc.constantFrom(more, completed(id(500))), { minLength: 1, maxLength: 4 });
      fc.assert(
        fc.property(anyRows, requests, (rows, events) => {
          const slugs = startedSlugs(followBatch(batchOf(events), programme, rows));
          assert.equal(new Set(slugs).size, slugs.length);
        }),
      );
    });

    it('a person who finishes each drill gets every drill once, in order, and then the closing word', () => {
      let rows: ProgressRow[] = [];
      const given: string[] = [];
      for (let n = 1; n <= programme.drills.length; n += 1) {
        const ask = followBatch(batchOf([more], { n, seconds: n * 100 }), programme, rows);
        rows = tableAfter(rows, ask);
        const [command] = ask.commands;
        assert.ok(command?.type === 'START_DRILL');
        const { drillSlug, drillInstanceId } = command.payload;
        given.push(drillSlug);
        const events = [started(drillSlug, drillInstanceId), completed(drillInstanceId)];
        rows = tableAfter(
          rows,
          followBatch(batchOf(events, { n: n + 50, seconds: n * 100 + 1 }), programme, rows),
        );
      }
      assert.deepEqual(given, programme.drills);
      const last = followBatch(batchOf([more], { n: 99, seconds: 999 }), programme, rows);
      assert.equal(last.commands[0]?.type, 'SEND_AD_HOC_MESSAGE');
    });
  });
});
