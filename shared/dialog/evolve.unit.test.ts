import assert from 'node:assert/strict';
import type { DialogEvent } from '#shared/contracts/dialog-events.ts';
import { dialogStateSchema, initialState } from '#shared/contracts/dialog-state.ts';
import type { Prompt } from '#shared/contracts/drill.ts';
import { execute } from './batch.ts';
import { evolve, rebuild } from './evolve.ts';
import { asked, facts, handwashing, id, instance, now, personWith, texted } from './sample-dialog.ts';

const occurredAt = '2026-11-21T15:00:00.000Z';
const stamp = { eventId: id(1), occurredAt };
const [howLong, where] = handwashing.prompts;
assert.ok(howLong && where);

const midDrill = asked(handwashing, 'how-long');
const noDrill = { currentDrill: null, drillInstanceId: null, currentPrompt: null };
const freshPrompt = (slug: string) => ({
  slug,
  startedAt: occurredAt,
  failures: 0,
  reminderTriggered: false,
  lastResponseAt: null,
});

const answered = (response: string, prompt: Prompt): DialogEvent => ({
  ...stamp,
  type: 'COMPLETED_PROMPT',
  defaultLanguage: 'en',
  drillInstanceId: instance,
  prompt,
  response,
  graded: false,
});

describe('the effect of an event on the state', () => {
  it('DRILL_STARTED sets drill, instance and a fresh prompt', () => {
    const after = evolve(asked(handwashing, 'gel', 1), {
      ...stamp,
      type: 'DRILL_STARTED',
      drill: handwashing,
      firstPrompt: howLong,
      drillInstanceId: id(5),
      replacedDrillInstanceId: instance,
    });
    assert.deepEqual(after.currentDrill, handwashing);
    assert.equal(after.drillInstanceId, id(5));
    assert.deepEqual(after.currentPrompt, freshPrompt('how-long'));
  });

  it('REMINDER_TRIGGERED marks the prompt', () => {
    const after = evolve(midDrill, {
      ...stamp,
      type: 'REMINDER_TRIGGERED',
      defaultLanguage: 'en',
      drillInstanceId: instance,
      prompt: howLong,
    });
    assert.deepEqual(after.currentPrompt, { ...midDrill.currentPrompt, reminderTriggered: true });
  });

  it('USER_VALIDATED clears the drill and takes account and demo from the code', () => {
    const before = asked(handwashing, 'gel', 0, {
      validated: false,
      isDemo: true,
      accountInfo: { unitName: 'Ward 3' },
      name: 'Ana',
    });
    const after = evolve(before, {
      ...stamp,
      type: 'USER_VALIDATED',
      codeValidation: {
        valid: true,
        isDemo: false,
        accountInfo: { employerName: 'Elm' },
        programmeSlug: 'clean-hands',
      },
    });
    assert.deepEqual(after, {
      ...before,
      ...noDrill,
      profile: {
        ...before.profile,
        validated: true,
        isDemo: false,
        accountInfo: { employerName: 'Elm' },
      },
    });
  });

  it('COMPLETED_PROMPT clears the prompt and keeps the drill', () => {
    assert.deepEqual(evolve(midDrill, answered('b', howLong)), { ...midDrill, currentPrompt: null });
  });

  it('COMPLETED_PROMPT stores the answer where the prompt says, unless it is empty', () => {
    const stored = (response: string, storeAs: string) =>
      evolve(asked(handwashing, 'where', 0, { language: 'fr' }), answered(response, { ...where, storeAs }))
        .profile;
    assert.deepEqual(stored('At the sink', 'washingPlace').answers, { washingPlace: 'At the sink' });
    assert.deepEqual(stored('', 'washingPlace').answers, {});
    assert.equal(stored('Ana Lopez', 'name').name, 'Ana Lopez');
    assert.equal(stored('English', 'language').language, 'en');
    assert.equal(stored('?', 'language').language, 'fr');
    assert.equal(stored('America/Denver', 'timezone').timezone, 'America/Denver');
    assert.deepEqual(Object.entries(stored('x', 'constructor').answers), [['constructor', 'x']]);
  });

  it('FAILED_PROMPT counts a failure, or clears the prompt when it is abandoned', () => {
    const failed = (abandoned: boolean) =>
      evolve(midDrill, {
        ...stamp,
        type: 'FAILED_PROMPT',
        defaultLanguage: 'en',
        drillInstanceId: instance,
        prompt: howLong,
        response: null,
        abandoned,
      });
    assert.deepEqual(failed(false).currentPrompt, {
      ...midDrill.currentPrompt,
      failures: 1,
      lastResponseAt: occurredAt,
    });
    assert.equal(failed(true).currentPrompt, null);
    assert.deepEqual(failed(true).currentDrill, handwashing);
  });

  it('ADVANCED_TO_NEXT_PROMPT begins the prompt afresh', () => {
    const event = {
      ...stamp,
      type: 'ADVANCED_TO_NEXT_PROMPT',
      defaultLanguage: 'en',
      drillInstanceId: instance,
      prompt: where,
    } as const;
    assert.deepEqual(evolve(asked(handwashing, 'how-long', 1), event).currentPrompt, freshPrompt('where'));
  });

  it('OPTED_OUT ends the drill and the messages; OPTED_BACK_IN begins the messages again', () => {
    const out = evolve(midDrill, { ...stamp, type: 'OPTED_OUT', drillInstanceId: instance, confirm: true });
    assert.deepEqual(out, { ...midDrill, ...noDrill, profile: { ...midDrill.profile, optedOut: true } });
    const back = evolve(out, { ...stamp, type: 'OPTED_BACK_IN', confirm: true });
    assert.deepEqual(back, { ...out, profile: { ...out.profile, optedOut: false } });
  });

  const ending: readonly DialogEvent[] = [
    { ...stamp, type: 'DRILL_COMPLETED', drillInstanceId: instance, lastPromptResponse: null },
    { ...stamp, type: 'NAME_CHANGE_REQUESTED', abandonedDrillInstanceId: instance },
    { ...stamp, type: 'LANGUAGE_CHANGE_REQUESTED', abandonedDrillInstanceId: instance },
    { ...stamp, type: 'SCHEDULING_REQUESTED', abandonedDrillInstanceId: instance },
  ];
  for (const event of ending) {
    it(`${event.type} clears the drill and nothing else`, () => {
      assert.deepEqual(evolve(midDrill, event), { ...midDrill, ...noDrill });
    });
  }

  const QUIET = [
    'USER_VALIDATION_FAILED',
    'HELP_REQUESTED',
    'NEXT_DRILL_REQUESTED',
    'MENU_REQUESTED',
    'DASHBOARD_REQUESTED',
    'SUPPORT_REQUESTED',
    'THANK_YOU_RECEIVED',
    'DEMO_REQUESTED',
  ] as const;
  const quiet: readonly DialogEvent[] = [
    ...QUIET.map((type) => ({ ...stamp, type })),
    { ...stamp, type: 'UNHANDLED_MESSAGE_RECEIVED', message: 'hi' },
    { ...stamp, type: 'AD_HOC_MESSAGE_SENT', body: 'hi', mediaUrl: null },
  ];
  for (const event of quiet) {
    it(`${event.type} changes nothing, a drill in flight goes on`, () => {
      assert.deepEqual(evolve(midDrill, event), midDrill);
    });
  }

  it('NEXT_DRILL_REQUESTED does not bring back a person who is opted out', () => {
    const gone = personWith({ optedOut: true });
    assert.equal(evolve(gone, { ...stamp, type: 'NEXT_DRILL_REQUESTED' }).profile.optedOut, true);
  });

  it('USER_UPDATED merges: absent fields stay, account and answers merge field by field', () => {
    const before = asked(handwashing, 'gel', 0, {
      name: 'Ana',
      timezone: 'America/Denver',
      accountInfo: { employerName: 'Elm', unitName: 'Ward 3' },
      answers: { age: '40' },
    });
    const after = evolve(before, {
      ...stamp,
      type: 'USER_UPDATED',
      profile: {
        language: 'es-MX',
        timezone: null,
        name: undefined,
        accountInfo: { unitName: 'Ward 4' },
        answers: { city: 'Elm' },
      },
      purgeDrillState: false,
    });
    assert.deepEqual(after, {
      ...before,
      profile: {
        ...before.profile,
        language: 'es',
        timezone: null,
        accountInfo: { employerName: 'Elm', unitName: 'Ward 4' },
        answers: { age: '40', city: 'Elm' },
      },
    });
  });

  it('USER_UPDATED ends the drill only when told to, and keeps the language over one that is none', () => {
    const event = {
      ...stamp,
      type: 'USER_UPDATED',
      profile: { language: '12' },
      purgeDrillState: true,
    } as const;
    assert.deepEqual(evolve(midDrill, event), { ...midDrill, ...noDrill });
  });
});

describe('rebuilding a state', () => {
  it('has nothing to give for a person without batches', () => assert.equal(rebuild([]), null));

  it('starts from the profile that the person began with', () => {
    const start = initialState(midDrill.phoneNumber, 'es');
    const first = execute(
      texted('stop', { consent: 'opted_out' }),
      start,
      { ...facts, suppressed: true },
      now,
    );
    assert.ok(first);
    assert.deepEqual(rebuild([first.batch]), first.state);
    assert.equal(first.state.profile.language, 'es');
  });

  it('a stored state reads back as it was written', () => {
    assert.deepEqual(dialogStateSchema.parse(JSON.parse(JSON.stringify(midDrill))), midDrill);
  });
});
