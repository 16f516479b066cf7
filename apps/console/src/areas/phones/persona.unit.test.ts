import assert from 'node:assert/strict';
import type { PhoneView } from '#shared/simulator/phone-view.ts';
import { BY_HAND, type Persona, questionsOf, replyOf } from './persona.ts';

let count = 0;
const message = (direction: PhoneView['direction'], body: string, status: string): PhoneView => {
  count += 1;
  const [us, them] = ['+14155550100', '+14155550101'];
  return {
    id: `SM${count}`,
    direction,
    from: direction === 'to_phone' ? us : them,
    to: direction === 'to_phone' ? them : us,
    body,
    mediaUrls: [],
    status,
    errorCode: null,
    at: '2026-11-27T15:00:00.000Z',
  };
};
const got = (body: string, status = 'delivered') => message('to_phone', body, status);
const wrote = (body: string) => message('from_phone', body, 'received');
const who = (name: Persona['name'], more: Partial<Persona> = {}): Persona => ({ ...BY_HAND, name, ...more });

const questions = questionsOf([
  { messages: [{ text: { en: 'Welcome! What should we call you?' } }], storeAs: 'name' },
  {
    messages: [
      { text: { en: 'Look at this.' } },
      { text: { en: 'Hi {{name}}, how long should you rub your hands?' } },
    ],
    correctResponse: { en: 'b) 20 seconds' },
  },
  { messages: [{ text: { en: 'Thank you, that was the last question.' } }] },
]);
const HOW_LONG = 'Hi Ana, how long should you rub your hands?';

describe('A persona', () => {
  it('answers right, wrong or slowly what a drill asks, and anything where anything is taken', () => {
    const messages = [wrote('HANDS'), got(HOW_LONG)];
    assert.equal(replyOf(who('right'), messages, questions)?.body, 'b) 20 seconds');
    assert.equal(replyOf(who('wrong'), messages, questions)?.body, 'Bananas');
    const slow = replyOf(who('slow'), messages, questions);
    assert.deepEqual([slow?.body, (slow?.afterMs ?? 0) > 30_000], ['b) 20 seconds', true]);
    const name = [wrote('HANDS'), got('Welcome! What should we call you?')];
    for (const each of ['right', 'wrong'] as const)
      assert.equal(replyOf(who(each), name, questions)?.body, 'Ana');
  });

  it('says nothing by hand, as one who never answers, to what asks nothing, and before a message has arrived', () => {
    const messages = [got(HOW_LONG)];
    for (const name of ['hand', 'never'] as const)
      assert.equal(replyOf(who(name), messages, questions), null);
    for (const each of [
      [],
      [got('Thank you, that was the last question.')],
      [got(HOW_LONG, 'sent')],
      [got(HOW_LONG), wrote('20')],
      [got('Reply STOP to stop, HELP for help.')],
    ]) {
      assert.equal(replyOf(who('right'), each, questions), null);
    }
  });

  it('answers the last question of several messages, from where the last came', () => {
    const messages = [got(HOW_LONG), got('Text us any time.')];
    assert.deepEqual(replyOf(who('right'), messages, questions), {
      about: messages[1]?.id,
      to: '+14155550100',
      body: 'b) 20 seconds',
      afterMs: 1_500,
    });
  });

  it('gives the word that a text asks for, and yes to what else is asked', () => {
    const said = (body: string) => replyOf(who('right'), [got(body)], [])?.body;
    assert.equal(said('Flu shots are here. Reply YES to come, STOP to end.'), 'YES');
    assert.equal(said('Responda SÍ si viene.'), 'SÍ');
    assert.equal(said('Reply 1 for Monday.'), '1');
    assert.equal(said('Are you well?'), 'Yes');
    assert.equal(said('Please reply soon.'), undefined);
  });

  it('opts out in the middle: at the second question, and says nothing after', () => {
    const first = [wrote('HANDS'), got('Welcome! What should we call you?')];
    assert.equal(replyOf(who('stops', { from: 1 }), first, questions)?.body, 'Ana');
    const second = [...first, wrote('Ana'), got(HOW_LONG)];
    assert.equal(replyOf(who('stops', { from: 1 }), second, questions)?.body, 'STOP');
    const after = [...second, wrote('STOP'), got('You will get no more. Was it a mistake?')];
    assert.equal(replyOf(who('stops', { from: 1 }), after, questions), null);
  });

  it('does not go round for ever with a machine: three answers to the same words', () => {
    const messages: PhoneView[] = [];
    for (let round = 0; round < 3; round += 1) {
      messages.push(got('What?'));
      assert.equal(replyOf(who('right'), messages, [])?.body, 'Yes');
      messages.push(wrote('Yes'));
    }
    assert.equal(replyOf(who('right'), [...messages, got('What?')], []), null);
  });

  it('plays lines in their order, the first at once, each of the others behind a message', () => {
    const script = who('script', { lines: ['HANDS', 'Ana'], from: 1 });
    const before = [wrote('earlier')];
    assert.deepEqual(replyOf(script, before, []), { about: null, to: null, body: 'HANDS', afterMs: 1_500 });
    const begun = [...before, wrote('HANDS')];
    assert.equal(replyOf(script, begun, []), null);
    assert.equal(replyOf(script, [...begun, got('Welcome')], [])?.body, 'Ana');
    assert.equal(replyOf(script, [...begun, got('Welcome'), wrote('Ana'), got('Hi Ana')], []), null);
  });
});
