import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Profile } from '#shared/contracts/profile.ts';
import { withChange } from '#shared/dialog/evolve.ts';
import {
  beginningOf,
  knownAs,
  newsFor,
  type SharedData,
  type StoredAnswer,
  sharedFields,
  sharedValue,
  takeAnswers,
} from './exchange.ts';
import type { ContactField } from './fields.ts';
import { storeAsOf } from './store-as.ts';

const field = (name: string, type: ContactField['type'], choices: string[] = []): ContactField => ({
  ...{ name, label: name, type, choices },
});
const added = [
  field('children', 'number'),
  field('risk', 'choice', ['Low', 'High']),
  field('seen', 'boolean'),
  field('born', 'date'),
  field('washing_place', 'text'),
];
const shared = sharedFields(added);
const nobody: SharedData = { name: null, language: null, timeZone: null, attributes: {} };
const unknown: Profile = {
  validated: true,
  optedOut: false,
  isDemo: false,
  name: null,
  language: 'en',
  timezone: null,
  accountInfo: {},
  answers: {},
};
const answerOf = (storeAs: string, answer: string, before: string | null = null): StoredAnswer => ({
  ...{ storeAs, answer, before, programmeSlug: 'p', promptSlug: storeAs },
  drillInstanceId: '00000000-0000-4000-8000-000000000001',
  eventId: '00000000-0000-4000-8000-000000000002',
  answeredAt: '2026-11-27T10:00:00.000Z',
});

describe('What a contact and a dialog both know', () => {
  for (const [name, storeAs] of [
    ['clinic', 'clinic'],
    ['washing_place', 'washingPlace'],
    ['a__b_1', 'aB1'],
    ['last_', 'last'],
  ] as const)
    it(`${name} of contacts is ${storeAs} of prompts`, () => assert.equal(storeAsOf(name), storeAs));

  it('has one field for each name', () => {
    const names = sharedFields([field('a_b', 'text'), field('a__b', 'text'), field('timezone', 'text')]);
    assert.deepEqual(
      names.map(({ field: name }) => name),
      ['name', 'language', 'time_zone', 'a_b'],
    );
  });

  for (const [storeAs, answer, before, has, after] of [
    ['name', ' Ana Ruiz ', null, null, 'Ana Ruiz'],
    ['name', 'Ana', 'Anna', 'Anna', 'Ana'],
    ['name', 'Ana', 'Anna', 'Anne', 'Anne'],
    ['name', 'x'.repeat(201), null, 'Ana', 'Ana'],
    ['language', 'Español', 'en', null, 'es'],
    ['language', 'Spanish', 'en', 'en', 'en'],
    ['language', 'es', 'es', 'es-MX', 'es-MX'],
    ['timezone', 'america/denver', null, null, 'America/Denver'],
    ['timezone', 'eastern', null, null, null],
    ['children', '3', null, null, 3],
    ['children', 'about three', '2', 2, 2],
    ['children', '4', '2.0', 2, 4],
    ['risk', 'HIGH', 'low', 'Low', 'High'],
    ['seen', 'sí', null, null, true],
    ['born', '2026-02-30', null, null, null],
    ['washingPlace', 'at work', null, null, 'at work'],
    ['washingPlace', 'at work', 'home', 'school', 'school'],
  ] as const)
    it(`${storeAs}: "${answer.slice(0, 20)}" after ${before}, while the contact has ${has}, makes it ${after}`, () => {
      const into = shared.find((each) => each.storeAs === storeAs)?.field ?? assert.fail();
      const own = { name: 'name', language: 'language', time_zone: 'timeZone' } as const;
      const key = own[into as keyof typeof own];
      const contact: SharedData =
        key === undefined
          ? { ...nobody, attributes: has === null ? {} : { [into]: has } }
          : { ...nobody, [key]: has };
      const { contact: taken } = takeAnswers(contact, [answerOf(storeAs, answer, before)], shared);
      assert.deepEqual(key === undefined ? (taken.attributes[into] ?? null) : taken[key], after);
    });

  it('keeps the newest answer to each field, with the value or that there is none, and none to what is no field', () => {
    const { contact, noted } = takeAnswers(
      nobody,
      [
        answerOf('children', '3'),
        answerOf('colour', 'red'),
        answerOf('children', 'many', '3'),
        answerOf('name', 'Ana'),
      ],
      shared,
    );
    assert.deepEqual(contact, { ...nobody, name: 'Ana', attributes: { children: 3 } });
    assert.deepEqual(
      noted.map(({ answer, field: name, value }) => [name, answer, value]),
      [
        ['children', 'many', null],
        ['name', 'Ana', 'Ana'],
      ],
    );
  });

  it('is what a dialog begins with', () => {
    const contact = {
      name: 'Ana Ruiz',
      language: 'es-MX',
      timeZone: 'America/Denver',
      attributes: { seen: false },
    };
    assert.deepEqual(withChange(unknown, beginningOf(contact, shared)), {
      ...unknown,
      ...{ name: 'Ana Ruiz', language: 'es', timezone: 'America/Denver', answers: { seen: 'false' } },
    });
    assert.deepEqual(beginningOf(nobody, shared), {});
  });

  const anyText = fc.oneof(
    fc.constantFrom('Ana', 'es', 'Español', 'US/Eastern', '3', '2.50', 'high', 'yes', 'at work', 'x', ' y '),
    fc.string({ minLength: 1, maxLength: 30 }),
  );
  const anyContact = fc.record({
    name: fc.option(fc.constantFrom('Ana', 'Bo', '  x')),
    language: fc.option(fc.constantFrom('es', 'en', 'es-MX', 'q1')),
    timeZone: fc.option(fc.constantFrom('America/Denver', 'America/New_York')),
    attributes: fc.record(
      {
        children: fc.constantFrom(2, 3, 2.5),
        risk: fc.constantFrom('Low', 'High'),
        seen: fc.boolean(),
        washing_place: fc.constantFrom('home', 'work', 'x'.repeat(500)),
      },
      { requiredKeys: [] },
    ),
  });
  const anyProfile = fc
    .record({
      name: fc.option(anyText),
      language: fc.constantFrom('en', 'es', 'sp'),
      timezone: fc.option(anyText),
      answers: fc.dictionary(fc.constantFrom('children', 'risk', 'seen', 'washingPlace', 'colour'), anyText),
    })
    .map((known): Profile => ({ ...unknown, ...known }));

  it('is the same on both sides once the dialog was told, and told once', () => {
    fc.assert(
      fc.property(anyContact, anyProfile, (contact, profile) => {
        const change = newsFor(profile, contact, shared);
        const after = change === null ? profile : withChange(profile, change);
        assert.equal(newsFor(after, contact, shared), null);
        for (const { field: name, read, storeAs } of shared) {
          const value = sharedValue(contact, name);
          const words = knownAs(after, storeAs);
          if (value === null) assert.equal(words, knownAs(profile, storeAs));
          else assert.ok(words !== null && (words === String(value) || read(words) === value));
        }
      }),
    );
  });

  it('brings no answer back to the dialog that it came from', () => {
    fc.assert(
      fc.property(anyContact, anyProfile, fc.nat(), anyText, (contact, profile, n, text) => {
        const told = withChange(profile, newsFor(profile, contact, shared) ?? {});
        const into = shared[n % shared.length] ?? assert.fail();
        const answer = answerOf(into.storeAs, text, knownAs(told, into.storeAs));
        const { contact: after } = takeAnswers(contact, [answer], shared);
        if (into.read(text) === null) assert.deepEqual(after, contact);
        else {
          // As the dialog stores it.
          const answered =
            into.storeAs === 'name' || into.storeAs === 'language' || into.storeAs === 'timezone'
              ? withChange(told, { [into.storeAs]: text })
              : withChange(told, { answers: { [into.storeAs]: text } });
          assert.equal(newsFor(answered, after, shared), null);
        }
      }),
    );
  });

  it('has bounds: values that are long in all stay with the contact', () => {
    const many = Array.from({ length: 60 }, (_, n) => field(`f${n}`, 'text'));
    const attributes = Object.fromEntries(many.map(({ name }) => [name, 'x'.repeat(500)]));
    const told = newsFor(unknown, { ...nobody, name: 'Ana', attributes }, sharedFields(many));
    assert.equal(Object.keys(told?.answers ?? {}).length, 40);
    assert.equal(told?.name, 'Ana');
  });
});
