import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SegmentedMessage } from 'sms-segments-calculator';
import type { Profile } from '#shared/contracts/profile.ts';
import { CarillonError, messageOf } from '#shared/errors.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { loadContent, parseSources, readContent, withOwnNumbers } from './content.ts';
import { drillsFrom, fileDrills, sampleContentDirectory } from './drills.ts';
import { matchAnswer } from './matching.ts';
import { answerKey, localizedText } from './prompt.ts';
import { render } from './template.ts';

const sender = phoneNumber('+14155550199');
const content = readContent(
  readdirSync(sampleContentDirectory).map((name) => ({
    name,
    source: readFileSync(join(sampleContentDirectory, name), 'utf8'),
  })),
  sender,
);

const drill = `kind: drill
slug: one
name: One
defaultLanguage: en
prompts:
  - slug: question
    messages:
      - text: { en: "Which?" }
    correctResponse: { en: "a) soap" }
    options: { en: ["a) soap", "b) gel"] }
  - slug: goodbye
    messages:
      - text: { en: "Bye {{name}}" }
`;
const programme = `kind: programme
slug: clean
name: Clean
company: Elm
contact: care@example.org
registration: code
codes: [{ code: ELM1 }]
senderNumbers: [default, "+14155550198"]
defaultLanguage: en
timezone: America/New_York
intent: transactional
drills: [one]
`;

describe('Numbers of programmes', () => {
  const named = (slug: string, numbers: string) =>
    programme.replace('slug: clean', `slug: ${slug}`).replace('[default, "+14155550198"]', numbers);
  it('have one owner each: whoever names a number, then the first that says default', () => {
    const { programmes } = parseSources([
      { name: 'a.yaml', source: named('a', '[default]') },
      { name: 'b.yaml', source: named('b', '[default, "+14155550198"]') },
      { name: 'c.yaml', source: named('c', '["+14155550199", "+14155550198"]') },
    ]);
    const ownersAt = (defaultSender: string) =>
      withOwnNumbers(
        programmes.map((each) => each.programme),
        phoneNumber(defaultSender),
      ).map(({ senderNumbers, slug }) => [slug, ...senderNumbers]);
    assert.deepEqual(ownersAt('+14155550199'), [['a'], ['b', '+14155550198'], ['c', '+14155550199']]);
    assert.deepEqual(ownersAt('+14155550197'), [
      ['a', '+14155550197'],
      ['b', '+14155550198'],
      ['c', '+14155550199'],
    ]);
  });
});

/** The faults of these files, one per line. */
function faultsOf(files: Record<string, string>): string[] {
  try {
    readContent(
      Object.entries(files).map(([name, source]) => ({ name, source })),
      sender,
    );
  } catch (error) {
    assert.ok(error instanceof CarillonError && error.code === 'invalid_configuration');
    return messageOf(error).split('\n').slice(1);
  }
  return [];
}

const changed = (from: string | RegExp, to: string): Record<string, string> => {
  const files = { 'one.yaml': drill.replace(from, to), 'clean.yaml': programme.replace(from, to) };
  assert.notDeepEqual(files, { 'one.yaml': drill, 'clean.yaml': programme });
  return files;
};

const withExamples = (...turns: readonly string[]): Record<string, string> => ({
  'one.yaml': `${drill}examples:\n  - name: one\n    turns:\n${turns.map((turn) => `      - ${turn}\n`).join('')}`,
  'clean.yaml': programme,
});

describe('examples in files', () => {
  it('go another way than expected: a fault, where it stands', () => {
    assert.deepEqual(faultsOf(withExamples('{ says: a, expect: wrong }')), [
      '  - one.yaml:17 examples.0.turns.0.expect: "a" to "question" is right, not wrong',
    ]);
  });

  it('do not try everything: a warning', () => {
    const files = Object.entries(withExamples('{ says: a, expect: right }'));
    const { examples, warnings } = readContent(
      files.map(([name, source]) => ({ name, source })),
      sender,
    );
    assert.deepEqual(
      warnings.map((warning) => warning.replace(/^.*: /, '')),
      [
        'no example answers it wrong and may try again ("question")',
        'no example answers it wrong for the last time ("question")',
      ],
    );
    assert.equal(examples.get('one')?.length, 1);
  });
});

describe('content from files', () => {
  it('is loaded with its numbers, and found by slug and by number', async () => {
    const files = Object.entries({ 'one.yaml': drill, 'clean.yaml': programme });
    const drills = drillsFrom(
      readContent(
        files.map(([name, source]) => ({ name, source })),
        sender,
      ),
    );
    assert.equal((await drills.drill('one'))?.version, 1);
    assert.equal(await drills.drill('two'), null);
    assert.equal(drills.programme('clean')?.company, 'Elm');
    assert.equal(drills.programme('dirty'), null);
    assert.equal(drills.programmeOwning(sender)?.slug, 'clean');
    assert.equal(drills.programmeOwning(phoneNumber('+14155550198'))?.slug, 'clean');
    assert.equal(drills.programmeOwning(phoneNumber('+14155550197')), null);
  });

  for (const [why, from, to, expected] of [
    ['a line that is no YAML', 'slug: one\n', 'slug: [one\n', 'one.yaml:3: '],
    [
      'a file of no kind',
      'kind: drill',
      'kind: song',
      'one.yaml:1: needs "kind: drill" or "kind: programme"',
    ],
    [
      'a field that is mistyped',
      'correctResponse:',
      'corectResponse:',
      'one.yaml:9 prompts.0.corectResponse: is not a field',
    ],
    [
      'a field of a message that is mistyped',
      'text: { en: "Which?" }',
      'text: { en: "Which?" }\n        media: x',
      'one.yaml:9 prompts.0.messages.0.media: is not a field',
    ],
    [
      'a prompt without messages',
      /messages:\n {6}- text: \{ en: "Which\?" \}/,
      'messages: []',
      'one.yaml:7 prompts.0.messages: ',
    ],
    [
      'an unknown placeholder',
      '{{name}}',
      '{{nmae}}',
      'one.yaml:13 prompts.1.messages.0.text.en: {{nmae}} is not a placeholder that is known',
    ],
    [
      'a placeholder that is mistyped',
      '{{name}}',
      '{{first name}}',
      'one.yaml:13 prompts.1.messages.0.text.en: {{first name}} is not a placeholder',
    ],
    [
      'a text over the limit',
      'Which?',
      'x'.repeat(1601),
      'one.yaml:8 prompts.0.messages.0.text.en: has 1601 characters',
    ],
    [
      'a prompt slug that is used twice',
      'slug: goodbye',
      'slug: question',
      'one.yaml:11 prompts.1.slug: "question" is the slug of another prompt',
    ],
    [
      'a text without the default language',
      'en: "Which?"',
      'es: "Which?"',
      'one.yaml:8 prompts.0.messages.0.text: has no "en"',
    ],
    [
      'an answer that is an opt-out word',
      '"a) soap" }',
      '"Stop!" }',
      'one.yaml:9 prompts.0.correctResponse.en: "Stop!" is a reserved word',
    ],
    [
      'an option that is an opt-out word after its letter',
      '"b) gel"',
      '"b) cancel"',
      'one.yaml:10 prompts.0.options.en: "b) cancel" is a reserved word',
    ],
    [
      'an answer that asks for help',
      '"b) gel"',
      '"b) info"',
      'one.yaml:10 prompts.0.options.en: "b) info" is a reserved word',
    ],
    [
      'an answer that is a word of the programme',
      '"b) gel"',
      '"Menú"',
      'one.yaml:10 prompts.0.options.en: "Menú" is a reserved word',
    ],
    [
      'an answer that is a reserved word in another language of the drill',
      'correctResponse: { en: "a) soap" }',
      'correctResponse: { en: "a) soap", es: "a) fin" }',
      'one.yaml:9 prompts.0.correctResponse.es: "a) fin" is a reserved word',
    ],
    [
      'an accepted answer that is a reserved word',
      'options:',
      'accepts: { en: ["quit"] }\n    options:',
      'one.yaml:10 prompts.0.accepts.en: "quit" is a reserved word',
    ],
    [
      'an answer without a letter or digit',
      '"a) soap" }',
      '"?" }',
      'one.yaml:9 prompts.0.correctResponse.en: "?" has no letter or digit',
    ],
    [
      'an answer that is not among the options',
      '"a) soap" }',
      '"d) rinse well" }',
      'one.yaml:10 prompts.0.options.en: "d) rinse well" is not among the options',
    ],
    [
      'an answer that is stored where consent stands',
      'slug: goodbye',
      'slug: goodbye\n    storeAs: optedOut',
      'one.yaml:12 prompts.1.storeAs: "optedOut" cannot be stored into',
    ],
    [
      'a drill that does not exist',
      'drills: [one]',
      'drills: [one, two]',
      'clean.yaml:12 drills.1: there is no drill "two"',
    ],
    [
      'a drill that is listed twice',
      'drills: [one]',
      'drills: [one, one]',
      'clean.yaml:12 drills.1: "one" is listed twice',
    ],
    [
      'a code that is a reserved word',
      'ELM1',
      'Start',
      'clean.yaml:7 codes.0.code: "Start" is a reserved word',
    ],
    [
      'a code that is listed twice',
      '{ code: ELM1 }',
      '{ code: ELM1 }, { code: elm1 }',
      'clean.yaml:7 codes.1.code: "elm1" is listed twice',
    ],
    ['no codes where one registers by code', '{ code: ELM1 }', '', 'clean.yaml:7 codes: is empty'],
    [
      'a word of its own that is about consent',
      'drills: [one]',
      'drills: [one]\nwords: { demo: [Quit] }',
      'clean.yaml:13 words.demo: "Quit" is a word about consent',
    ],
    [
      'a text of its own with an unknown placeholder',
      'drills: [one]',
      'drills: [one]\ntexts: { help: { en: "{{x}}" } }',
      'clean.yaml:13 texts.help.en: {{x}} is not a placeholder',
    ],
    [
      'a text of its own without the default language',
      'drills: [one]',
      'drills: [one]\ntexts: { help: { es: Ayuda } }',
      'clean.yaml:13 texts.help: has no "en"',
    ],
    [
      'a label with a placeholder',
      'drills: [one]',
      'drills: [one]\nlabels: { a: { en: "{{name}}" } }',
      'clean.yaml:13 labels.a: holds a placeholder',
    ],
    ['a number that is none', '"+14155550198"', '"555 0198"', 'clean.yaml:8 senderNumbers.1: '],
  ] as const) {
    it(`is refused with ${why}, by file and line`, () => {
      const faults = faultsOf(changed(from, to));
      assert.ok(
        faults.some((fault) => fault.startsWith(`  - ${expected}`)),
        faults.join('\n') || 'no faults',
      );
    });
  }

  it('is refused when two files say the same slug or own the same number', () => {
    const faults = faultsOf({ 'a.yaml': drill, 'b.yaml': drill, 'c.yaml': programme, 'd.yaml': programme });
    assert.deepEqual(faults, [
      '  - b.yaml:2 slug: "one" is taken by a.yaml',
      '  - d.yaml:2 slug: "clean" is taken by c.yaml',
      '  - d.yaml:8 senderNumbers: "+14155550199" is taken by c.yaml',
      '  - d.yaml:8 senderNumbers: "+14155550198" is taken by c.yaml',
    ]);
  });

  it('is refused with all faults of all files at once', () => {
    const files = { ...changed('Bye {{name}}', 'Bye {{who}} {{what}}'), 'x.yaml': 'a: [' };
    const faults = faultsOf({ ...files, 'clean.yaml': programme.replace('[one]', '[one, two]') });
    assert.equal(faults.length, 4, faults.join('\n'));
  });

  it('knows stored answers, account fields of codes and labels as placeholders', () => {
    const files = {
      'one.yaml': drill
        .replace('Bye {{name}}', 'Bye {{spot}} {{badge}} {{clinic}} {{company}}')
        .replace('options:', 'storeAs: spot\n    options:'),
      'clean.yaml': programme
        .replace('{ code: ELM1 }', '{ code: ELM1, accountInfo: { badge: "7" } }')
        .concat('labels: { clinic: { en: the clinic } }\n'),
    };
    assert.deepEqual(faultsOf(files), []);
  });

  it('warns of translations that are missing', () => {
    const { warnings } = readContent(
      [{ name: 'one.yaml', source: drill.replace('{ en: "Which?" }', '{ en: "Which?", es: "¿Cuál?" }') }],
      sender,
    );
    assert.deepEqual(warnings, [
      'one.yaml:9 prompts.0.correctResponse: has no "es"; "en" is sent instead',
      'one.yaml:10 prompts.0.options: has no "es"; "en" is sent instead',
      'one.yaml:13 prompts.1.messages.0.text: has no "es"; "en" is sent instead',
    ]);
  });
});

describe('the programme that comes with the product', () => {
  const [clean] = content.programmes;
  assert.ok(clean);
  const profile: Profile = {
    validated: true,
    optedOut: false,
    isDemo: false,
    name: 'Guadalupe Ortega',
    language: 'en',
    timezone: null,
    accountInfo: {},
    answers: { sanitizerSpot: 'In my bag', fluPlan: 'On Friday', habit: 'Soap first' },
  };
  const prompts = content.drills.flatMap(({ slug, prompts }) =>
    prompts.map((prompt) => ({ drill: slug, prompt })),
  );

  it('owns the default number, and is complete in English and Spanish', async () => {
    assert.deepEqual(await loadContent(sampleContentDirectory, sender), content);
    const drills = await fileDrills(sampleContentDirectory, sender);
    assert.equal((await drills.current()).programmeOwning(sender)?.slug, 'clean-hands');
    assert.deepEqual(content.warnings, []);
    for (const { prompt } of prompts) {
      for (const { text } of prompt.messages) assert.deepEqual(Object.keys(text ?? {}).sort(), ['en', 'es']);
    }
  });

  it('has five drills of four to six prompts, each with a question, a free answer and a closing statement', () => {
    assert.equal(clean.drills.length, 5);
    for (const slug of clean.drills) {
      const drill = content.drills.find((candidate) => candidate.slug === slug);
      assert.ok(drill && drill.prompts.length >= 4 && drill.prompts.length <= 6, slug);
      assert.ok(
        drill.prompts.some(({ options }) => options),
        slug,
      );
      assert.ok(
        drill.prompts.some(({ storeAs }) => storeAs),
        slug,
      );
      const last = drill.prompts.at(-1);
      assert.ok(last && !last.correctResponse && !last.storeAs && last.asks === undefined, slug);
    }
  });

  for (const { drill, prompt } of prompts) {
    it(`${drill}/${prompt.slug} fits into two segments, in plain letters where English is concerned`, () => {
      for (const language of ['en', 'es']) {
        for (const { text } of prompt.messages) {
          const context = { profile: { ...profile, language }, programme: clean, correctAnswer: null };
          const body = render(localizedText(text ?? {}, language), context);
          const message = new SegmentedMessage(body);
          assert.ok(
            message.segmentsCount <= 2,
            `${language}: ${message.segmentsCount} segments, ${body.length} characters`,
          );
          if (language === 'en') assert.equal(message.encodingName, 'GSM-7', body);
        }
      }
    });

    if (prompt.options) {
      it(`${drill}/${prompt.slug} takes its right option and no other, by letter and by words`, () => {
        for (const [language, options] of Object.entries(prompt.options ?? {})) {
          const key = answerKey(prompt, language, 'en');
          assert.ok(key);
          for (const option of options) {
            const right: boolean = option === key.correct;
            for (const said of [option, option.slice(0, 1), option.slice(2), `${option.slice(0, 1)}) `]) {
              assert.equal(matchAnswer(said, key), right, `${language}: ${said}`);
            }
          }
          for (const accepted of key.accepts ?? []) assert.equal(matchAnswer(accepted, key), true, accepted);
        }
      });
    }
  }
});
