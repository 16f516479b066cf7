import assert from 'node:assert/strict';
import type { DialogState } from '#shared/contracts/dialog-state.ts';
import { decide } from './decide.ts';
import type { Facts } from './facts.ts';
import {
  asked,
  facts,
  handwashing,
  instance,
  openProgramme,
  personWith,
  texted,
  vaccines,
  validCode,
} from './sample-dialog.ts';

const typesFor = (body: string, state: DialogState, known: Partial<Facts> = {}) =>
  decide(texted(body), state, { ...facts, ...known }).map((event) => event.type);

const stop = texted('Stop!', { consent: 'opted_out' });
const start = texted('start', { consent: 'opted_in' });
/** The suppression list has the person on it, as after a stop. */
const listed = { ...facts, suppressed: true };

const registered = personWith();
const stranger = personWith({ validated: false });
const gone = personWith({ optedOut: true });
const midDrill = asked(handwashing, 'how-long');

describe('a text from a person', () => {
  describe('rule 1: opt-out', () => {
    it('ends the messages and the drill, from any state, and owes one confirmation', () => {
      assert.deepEqual(decide(stop, midDrill, listed), [
        { type: 'OPTED_OUT', drillInstanceId: instance, confirm: true },
      ]);
      assert.deepEqual(decide(stop, stranger, listed), [
        { type: 'OPTED_OUT', drillInstanceId: null, confirm: true },
      ]);
    });

    it('owes no confirmation when the carrier has given its verdict', () => {
      const answered = texted('STOP', { consent: 'opted_out', optOutType: 'STOP' });
      assert.deepEqual(decide(answered, registered, listed), [
        { type: 'OPTED_OUT', drillInstanceId: null, confirm: false },
      ]);
    });

    it('confirms a repeated stop no second time', () => {
      assert.deepEqual(decide(stop, gone, listed), [
        { type: 'OPTED_OUT', drillInstanceId: null, confirm: false },
      ]);
    });

    it('is not followed when a later opt-in has been heard before it', () => {
      assert.deepEqual(decide(stop, midDrill, { ...facts, overtaken: true }), []);
    });

    it('holds at a number that no programme owns', () => {
      const types = decide(stop, registered, { ...listed, programme: null }).map(({ type }) => type);
      assert.deepEqual(types, ['OPTED_OUT']);
    });

    it('is what the gateway recorded, and not read out of the words again', () => {
      assert.deepEqual(typesFor('stop', registered), ['UNHANDLED_MESSAGE_RECEIVED']);
      const inWords = texted('leave me alone', { consent: 'opted_out' });
      assert.deepEqual(
        decide(inWords, registered, listed).map(({ type }) => type),
        ['OPTED_OUT'],
      );
    });
  });

  describe('rule 2: help', () => {
    for (const [standing, state] of [
      ['a stranger', stranger],
      ['a participant', registered],
      ['somebody in a drill', midDrill],
      ['somebody opted out', gone],
    ] as const) {
      it(`is answered for ${standing}, and nothing else happens`, () => {
        const asks = texted('ayuda', { consent: 'help' });
        assert.deepEqual(decide(asks, state, facts), [{ type: 'HELP_REQUESTED' }]);
        assert.deepEqual(decide(asks, state, listed), [{ type: 'HELP_REQUESTED' }]);
      });
    }

    it('is left to the carrier when the carrier answers it', () => {
      assert.deepEqual(decide(texted('HELP', { consent: 'help', optOutType: 'HELP' }), midDrill, facts), []);
    });
  });

  describe('rule 3: while opted out', () => {
    for (const [standing, state] of [
      ['somebody opted out', gone],
      ['somebody whose stop is heard later', registered],
      ['somebody who was on the suppression list without a dialog', stranger],
    ] as const) {
      it(`an opt-in brings ${standing} back and asks for the next drill`, () => {
        assert.deepEqual(decide(start, state, facts), [
          { type: 'OPTED_BACK_IN', confirm: true },
          { type: 'NEXT_DRILL_REQUESTED' },
        ]);
      });
    }

    it('an opt-in is not followed when a later stop has been heard before it', () => {
      assert.deepEqual(decide(start, gone, { ...listed, overtaken: true }), []);
    });

    it('is not confirmed by us when the carrier has answered', () => {
      assert.deepEqual(decide(texted('start', { consent: 'opted_in', optOutType: 'START' }), gone, facts), [
        { type: 'OPTED_BACK_IN', confirm: false },
        { type: 'NEXT_DRILL_REQUESTED' },
      ]);
    });

    for (const word of ['menu', 'support', 'more', 'thanks', 'CLEAN2026', 'start', 'hello', '']) {
      it(`${JSON.stringify(word)} changes nothing`, () => {
        assert.deepEqual(decide(texted(word), gone, { ...facts, codeVerdict: validCode }), []);
      });
    }

    it('does not apply to others: "start" and "yes" are texts like any other', () => {
      assert.deepEqual(typesFor('start', registered), ['UNHANDLED_MESSAGE_RECEIVED']);
      assert.deepEqual(typesFor('yes', asked(vaccines, 'ready')), [
        'COMPLETED_PROMPT',
        'ADVANCED_TO_NEXT_PROMPT',
      ]);
      assert.deepEqual(
        decide(texted('yes', { optOutType: 'START' }), asked(vaccines, 'ready'), facts).map(
          ({ type }) => type,
        ),
        ['COMPLETED_PROMPT', 'ADVANCED_TO_NEXT_PROMPT'],
      );
    });
  });

  describe('rule 4: words of the programme', () => {
    for (const [word, type] of [
      ['menu', 'MENU_REQUESTED'],
      ['MENÚ!', 'MENU_REQUESTED'],
      ['Support.', 'SUPPORT_REQUESTED'],
      ['dashboard', 'DASHBOARD_REQUESTED'],
      ['¡demo!', 'DEMO_REQUESTED'],
    ] as const) {
      it(`"${word}" is understood before registration and during a drill`, () => {
        assert.deepEqual(typesFor(word, stranger), [type]);
        assert.deepEqual(typesFor(word, midDrill), [type]);
        assert.deepEqual(typesFor(word, registered), [type]);
      });
    }

    it('are data of the programme', () => {
      const words = { menu: [], support: [], dashboard: [], demo: ['try it'] };
      const programme = { ...openProgramme, words };
      assert.deepEqual(typesFor('Try  it!', registered, { programme }), ['DEMO_REQUESTED']);
      assert.deepEqual(typesFor('menu', registered, { programme }), ['UNHANDLED_MESSAGE_RECEIVED']);
    });
  });

  describe('rule 5: registration', () => {
    it('validates a stranger who sends a code', () => {
      assert.deepEqual(decide(texted(' clean2026 '), stranger, { ...facts, codeVerdict: validCode }), [
        { type: 'USER_VALIDATED', codeValidation: validCode },
      ]);
    });

    it('tells a stranger that a text is no code', () => {
      assert.deepEqual(typesFor('hello', stranger), ['USER_VALIDATION_FAILED']);
      assert.deepEqual(typesFor('more', stranger), ['USER_VALIDATION_FAILED']);
      assert.deepEqual(typesFor('', stranger), ['USER_VALIDATION_FAILED']);
    });

    it('lets a demo user change to another code, in the middle of a drill too', () => {
      const demo = asked(handwashing, 'how-long', 0, { isDemo: true });
      assert.deepEqual(typesFor('clean2026', demo, { codeVerdict: validCode }), ['USER_VALIDATED']);
    });

    it("goes on with a demo user's text that is no code", () => {
      const demo = asked(handwashing, 'how-long', 0, { isDemo: true });
      assert.deepEqual(typesFor('b', demo), ['COMPLETED_PROMPT', 'ADVANCED_TO_NEXT_PROMPT']);
    });

    it('asks nothing of people who are registered, and of nobody in a programme without codes', () => {
      assert.deepEqual(typesFor('CLEAN2026', registered, { codeVerdict: validCode }), [
        'UNHANDLED_MESSAGE_RECEIVED',
      ]);
      const listed = { ...openProgramme, registration: 'contact list' } as const;
      for (const programme of [openProgramme, listed]) {
        assert.deepEqual(typesFor('more', stranger, { programme }), ['NEXT_DRILL_REQUESTED']);
      }
    });

    it('hands every text to a number that no programme owns to a person, also one that would answer a prompt', () => {
      for (const body of [' What time do you open? ', 'menu', 'b', 'more']) {
        assert.deepEqual(decide(texted(body), midDrill, { ...facts, programme: null }), [
          { type: 'UNHANDLED_MESSAGE_RECEIVED', message: body },
        ]);
      }
    });
  });

  describe('rule 6: a waiting prompt', () => {
    for (const word of ['more', 'name', 'language', 'schedule', 'thanks', 'go']) {
      it(`takes "${word}" for an answer`, () => {
        assert.deepEqual(typesFor(word, asked(handwashing, 'where')), [
          'COMPLETED_PROMPT',
          'ADVANCED_TO_NEXT_PROMPT',
        ]);
        assert.deepEqual(typesFor(word, midDrill), ['FAILED_PROMPT']);
      });
    }
  });

  describe('rule 7: requests when no prompt is waiting', () => {
    const rows: readonly [string, readonly string[]][] = [
      ['NEXT_DRILL_REQUESTED', ['more', 'MAS', 'más', 'next', 'Go!', 'siguiente', 'suivant', 'próximo']],
      ['NAME_CHANGE_REQUESTED', ['name', 'Nombre']],
      ['LANGUAGE_CHANGE_REQUESTED', ['lang', 'language', 'idioma', 'langue']],
      ['SCHEDULING_REQUESTED', ['schedule', 'horario', 'calendario']],
      ['THANK_YOU_RECEIVED', ['thank you!', 'Thanks so much', 'ok thank you', 'muchas gracias', 'Merci']],
    ];
    for (const [type, words] of rows) {
      for (const word of words) {
        it(`"${word}" is ${type}`, () => assert.deepEqual(typesFor(word, registered), [type]));
      }
    }

    it('needs the whole message for requests and a whole word for thanks', () => {
      for (const body of ['tell me more', 'my name is Ana', 'next week', 'thankful', 'thanksgiving']) {
        assert.deepEqual(typesFor(body, registered), ['UNHANDLED_MESSAGE_RECEIVED']);
      }
    });

    it('names the drill that a request ends', () => {
      const between = { ...registered, currentDrill: handwashing, drillInstanceId: instance };
      assert.deepEqual(decide(texted('name'), between, facts), [
        { type: 'NAME_CHANGE_REQUESTED', abandonedDrillInstanceId: instance },
      ]);
    });
  });

  it('rule 8: any other text is kept as it was written, for a person to read', () => {
    assert.deepEqual(decide(texted('  Where IS the clinic?\n'), registered, facts), [
      { type: 'UNHANDLED_MESSAGE_RECEIVED', message: '  Where IS the clinic?\n' },
    ]);
  });

  it('is kept in a form that the database takes: no NUL, no half of a surrogate pair', () => {
    assert.deepEqual(decide(texted('a\0b\uD83D'), registered, facts), [
      { type: 'UNHANDLED_MESSAGE_RECEIVED', message: 'ab\uFFFD' },
    ]);
  });
});
