import assert from 'node:assert/strict';
import { type DialogCommand, dialogCommandSchema } from '#shared/contracts/dialog-commands.ts';
import { decide } from './decide.ts';
import { refusalOf } from './refusal.ts';
import {
  adHoc,
  asked,
  consent,
  facts,
  handwashing,
  id,
  instance,
  ofCampaign,
  oneStatement,
  openProgramme,
  ourNumber,
  personWith,
  programme,
  reminderOf,
  startOf,
  update,
  vaccines,
} from './sample-dialog.ts';

const registered = personWith();
const stranger = personWith({ validated: false });
const gone = personWith({ optedOut: true });
const withDrill = { ...facts, drill: handwashing };

describe('START_DRILL', () => {
  const started = (replacedDrillInstanceId: string | null) => ({
    type: 'DRILL_STARTED',
    drillInstanceId: instance,
    drill: handwashing,
    firstPrompt: handwashing.prompts[0],
    replacedDrillInstanceId,
  });

  it('begins the drill with its first prompt', () => {
    assert.deepEqual(decide(startOf('handwashing'), registered, withDrill), [started(null)]);
  });

  it('replaces a running drill and says which', () => {
    const running = { ...asked(handwashing, 'gel'), drillInstanceId: id(777) };
    assert.deepEqual(decide(startOf('handwashing'), running, withDrill), [started(id(777))]);
  });

  it('is refused to a person who is opted out, in the dialog or on the suppression list', () => {
    assert.deepEqual(decide(startOf('handwashing'), gone, withDrill), []);
    assert.deepEqual(decide(startOf('handwashing'), registered, { ...withDrill, suppressed: true }), []);
  });

  it('is refused to a stranger where one registers by code, and only there', () => {
    assert.deepEqual(decide(startOf('handwashing'), stranger, withDrill), []);
    for (const programme of [
      openProgramme,
      { ...openProgramme, registration: 'contact list' } as const,
      null,
    ]) {
      assert.deepEqual(decide(startOf('handwashing'), stranger, { ...withDrill, programme }), [
        started(null),
      ]);
    }
  });

  it('does nothing for a drill that does not exist', () => {
    assert.deepEqual(decide(startOf('handwashing'), registered, facts), []);
  });

  it('of a campaign is refused while that is not active, before anything else is said of it', () => {
    const command = ofCampaign(startOf('handwashing'));
    const known = { ...facts, drill: handwashing };
    assert.equal(refusalOf(command, registered, known), null);
    assert.equal(refusalOf(command, gone, { ...known, isCampaignActive: false }), 'campaign_not_active');
    assert.equal(refusalOf(command, gone, known), 'opted_out');
  });

  it('of a campaign is refused where the number that sends belongs to another programme', () => {
    const command = ofCampaign(startOf('handwashing'), 'another');
    assert.equal(refusalOf(command, registered, { ...facts, drill: handwashing }), 'other_programme');
    assert.equal(
      refusalOf(ofCampaign(startOf('handwashing')), registered, {
        ...facts,
        drill: handwashing,
        programme: null,
      }),
      'other_programme',
    );
  });

  it('that progress asked for is refused where the number has become another programme’s, or nobody’s', () => {
    const named = { programmeSlug: 'clean-hands' };
    const start = startOf('handwashing');
    const reminder = reminderOf('where');
    assert.ok(start.type === 'START_DRILL' && reminder.type === 'TRIGGER_REMINDER');
    const commands = [
      { ...start, payload: { ...start.payload, ...named } },
      { ...reminder, payload: { ...reminder.payload, ...named } },
    ];
    for (const command of commands) {
      const known = { ...facts, drill: handwashing };
      const state = asked(handwashing, 'where');
      assert.equal(refusalOf(command, state, known), null);
      for (const owner of [{ ...programme, slug: 'another' }, null]) {
        assert.equal(refusalOf(command, state, { ...known, programme: owner }), 'other_programme');
      }
    }
  });

  it('is at once the end of a drill that is nothing but a statement', () => {
    assert.deepEqual(
      decide(startOf('one-statement'), registered, { ...facts, drill: oneStatement }).map(({ type }) => type),
      ['DRILL_STARTED', 'DRILL_COMPLETED'],
    );
  });
});

describe('TRIGGER_REMINDER', () => {
  const waiting = asked(handwashing, 'where');

  it('reminds about the prompt that is waiting', () => {
    assert.deepEqual(decide(reminderOf('where'), waiting, facts), [
      {
        type: 'REMINDER_TRIGGERED',
        drillInstanceId: instance,
        prompt: handwashing.prompts[1],
        defaultLanguage: 'en',
      },
    ]);
  });

  it('reminds at most once', () => {
    const { currentPrompt } = waiting;
    const reminded = {
      ...waiting,
      currentPrompt: currentPrompt && { ...currentPrompt, reminderTriggered: true },
    };
    assert.deepEqual(decide(reminderOf('where'), reminded, facts), []);
  });

  for (const [why, command, state] of [
    ['another prompt', reminderOf('gel'), waiting],
    ['another instance of the drill', reminderOf('where', id(5)), waiting],
    ['a person without a drill', reminderOf('where'), registered],
    ['a person who is opted out', reminderOf('where'), asked(handwashing, 'where', 0, { optedOut: true })],
    [
      'a person who is not validated',
      reminderOf('where'),
      asked(handwashing, 'where', 0, { validated: false }),
    ],
  ] as const) {
    it(`does nothing for ${why}`, () => assert.deepEqual(decide(command, state, facts), []));
  }

  it('does nothing for a number on the suppression list', () => {
    assert.deepEqual(decide(reminderOf('where'), waiting, { ...facts, suppressed: true }), []);
  });
});

describe('SEND_AD_HOC_MESSAGE', () => {
  it('sends what it says, also to a stranger', () => {
    assert.deepEqual(decide(adHoc('We open at 9.', 'https://example.org/map.png'), stranger, facts), [
      { type: 'AD_HOC_MESSAGE_SENT', body: 'We open at 9.', mediaUrl: 'https://example.org/map.png' },
    ]);
    assert.deepEqual(decide(adHoc('Hello'), registered, facts), [
      { type: 'AD_HOC_MESSAGE_SENT', body: 'Hello', mediaUrl: null },
    ]);
  });

  it('is refused to a person who is opted out, in the dialog or on the suppression list', () => {
    assert.deepEqual(decide(adHoc('Hello'), gone, facts), []);
    assert.deepEqual(decide(adHoc('Hello'), registered, { ...facts, suppressed: true }), []);
  });
});

describe('UPDATE_USER', () => {
  it('changes the profile of anybody, and ends the drill only when told to', () => {
    for (const state of [stranger, registered, gone]) {
      assert.deepEqual(decide(update({ profile: { name: 'Ana' } }), state, facts), [
        { type: 'USER_UPDATED', profile: { name: 'Ana' }, purgeDrillState: false },
      ]);
    }
    assert.deepEqual(decide(update({ profile: {}, purgeDrillState: true }), registered, facts), [
      { type: 'USER_UPDATED', profile: {}, purgeDrillState: true },
    ]);
  });
});

describe('CONSENT_CHANGED', () => {
  const suppressed = { ...facts, suppressed: true };

  for (const status of ['opted_out', 'pending_opt_out', 'opted_in'] as const) {
    it(`${status} ends the messages of a person on the suppression list, once and without a word`, () => {
      assert.deepEqual(decide(consent(status), asked(handwashing, 'gel'), suppressed), [
        { type: 'OPTED_OUT', drillInstanceId: instance, confirm: false },
      ]);
      assert.deepEqual(decide(consent(status), gone, suppressed), []);
    });

    it(`${status} brings back a person who is no longer on the list, without a word and without a drill`, () => {
      assert.deepEqual(decide(consent(status), gone, facts), [{ type: 'OPTED_BACK_IN', confirm: false }]);
      assert.deepEqual(decide(consent(status), registered, facts), []);
    });
  }
});

describe('the reason of a refusal', () => {
  /** Of a person who asked for it at this instant. */
  const askedFor = (drillSlug: string, occurredAt: string): DialogCommand =>
    dialogCommandSchema.parse({
      ...startOf(drillSlug, id(777)),
      occurredAt,
      payload: {
        drillSlug,
        drillInstanceId: id(777),
        origin: { kind: 'reply', senderNumber: ourNumber, receivedAt: occurredAt },
      },
    });
  /** Since 10:00:00. */
  const inLesson = asked(handwashing, 'how-long');
  /** Asked for by whoever knew this version of the dialog. */
  const knowing = (command: DialogCommand, dialogVersion: number): DialogCommand =>
    dialogCommandSchema.parse({ ...command, payload: { ...command.payload, dialogVersion } });
  const suppressed = { ...facts, suppressed: true };
  for (const [reason, command, state, known] of [
    ['unknown_drill', startOf('no-such-drill'), registered, facts],
    ['not_validated', startOf('handwashing'), stranger, withDrill],
    ['not_validated', startOf('no-such-drill'), stranger, facts],
    ['not_validated', reminderOf('where'), stranger, facts],
    ['stale', knowing(startOf('handwashing'), registered.version + 1), registered, withDrill],
    ['stale', knowing(startOf('no-such-drill'), stranger.version + 1), stranger, facts],
    ['stale', knowing(reminderOf('where'), registered.version + 1), registered, facts],
    ['opted_out', knowing(startOf('handwashing'), registered.version + 1), gone, withDrill],
    ['stale', askedFor('handwashing', '2026-11-21T09:59:59.999Z'), inLesson, withDrill],
    [null, askedFor('handwashing', '2026-11-21T10:00:00.000Z'), inLesson, withDrill],
    [null, askedFor('vaccines', '2026-11-21T09:59:59.999Z'), inLesson, { ...facts, drill: vaccines }],
    [null, { ...startOf('handwashing'), occurredAt: '2026-11-21T09:59:59.999Z' }, inLesson, withDrill],
    [null, knowing(startOf('handwashing'), registered.version), registered, withDrill],
    [null, knowing(reminderOf('gel'), registered.version), registered, facts],
    ['opted_out', startOf('handwashing'), gone, withDrill],
    ['opted_out', reminderOf('where'), registered, suppressed],
    ['opted_out', adHoc('Hello'), gone, facts],
    [null, startOf('handwashing'), registered, withDrill],
    [null, reminderOf('gel'), registered, facts],
    [null, adHoc('Hello'), stranger, facts],
    [null, update({ profile: {} }), gone, suppressed],
    [null, consent('opted_out'), gone, suppressed],
  ] as const) {
    it(`of ${command.type} is ${reason ?? 'none where it may have its way'}`, () => {
      assert.equal(refusalOf(command, state, known), reason);
    });
  }
});
