import assert from 'node:assert/strict';
import fc from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { anyScript, sampleScript } from '#shared/voice/sample-script.ts';
import { answerTwiml, MAX_TWIML, machineTwiml, menuTwiml, scriptFault, scriptTwiml } from './voice-twiml.ts';

const KEYS_URL = 'https://calls.example.org/webhooks/twilio/voice/keys?attempt=1&message=2#rc=5&rp=ct,rt,5xx';

interface Verb {
  name: string;
  attributes: Record<string, string>;
  text: string;
  verbs: Verb[];
}

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  trimValues: false,
});

type Node = Record<string, unknown>;
const isNodes = (value: unknown): value is Node[] => Array.isArray(value);

/** The document as an application of XML reads it, verbs in order. */
function verbsOf(nodes: unknown): Verb[] {
  return (isNodes(nodes) ? nodes : []).flatMap((node) => {
    const name = Object.keys(node).find((key) => key !== ':@');
    if (name === undefined || name === '#text' || name.startsWith('?')) return [];
    const children = node[name];
    const text = (isNodes(children) ? children : []).map((child) => String(child['#text'] ?? '')).join('');
    return [{ name, attributes: { ...(node[':@'] as object) }, text, verbs: verbsOf(children) }];
  });
}

function read(document: string): Verb[] {
  assert.equal(XMLValidator.validate(document), true);
  const [response, ...others] = verbsOf(parser.parse(document));
  assert.ok(response?.name === 'Response' && others.length === 0);
  return response.verbs;
}

/** What a person hears of a call in which nothing is pressed. */
const heard = (verbs: readonly Verb[]): [name: string, text: string][] =>
  verbs.flatMap((verb) => (verb.name === 'Gather' ? heard(verb.verbs) : [[verb.name, verb.text]]));

describe('a call script as TwiML', () => {
  it('says who calls, at once how to opt out, then the rest, and hangs up', () => {
    assert.deepEqual(heard(read(scriptTwiml(sampleScript, KEYS_URL))), [
      ['Say', 'This is an automated call from Riverside County Health.'],
      ['Say', 'To stop all calls and texts from us, press 9 now.'],
      ['Say', 'Flu shots are free this week.'],
      ['Say', 'For the opening hours, press 1.'],
      ['Say', 'For the address, press 2.'],
      ['Say', 'To hear this again, press 0.'],
      ['Pause', ''],
      ['Say', 'You can reach us at 8 0 0, 5 5 5, 0 1 4 2. Goodbye.'],
      ['Hangup', ''],
    ]);
  });

  it('begins, whatever the script, with the identification and the way out, with nothing between, where key 9 counts', () => {
    fc.assert(
      fc.property(anyScript, (script) => {
        const [gather, ...rest] = read(scriptTwiml(script, KEYS_URL));
        assert.equal(gather?.name, 'Gather');
        assert.deepEqual(heard(gather.verbs).slice(0, 2), [
          ['Say', script.identification],
          ['Say', script.optOut.prompt],
        ]);
        assert.deepEqual(
          rest.map(({ name }) => name),
          ['Hangup'],
          'nothing is said where no key counts',
        );
      }),
    );
  });

  it('lets one key, any key, cut everything short, and tells it to the address of the attempt', () => {
    fc.assert(
      fc.property(anyScript, (script) => {
        for (const document of [
          scriptTwiml(script, KEYS_URL),
          menuTwiml(script, 'Some words.', KEYS_URL),
          menuTwiml(script, null, KEYS_URL),
        ]) {
          const [gather] = read(document);
          assert.deepEqual(gather?.attributes, {
            input: 'dtmf',
            numDigits: '1',
            finishOnKey: '',
            timeout: '1',
            action: KEYS_URL,
            method: 'POST',
          });
        }
      }),
    );
  });

  it('offers key 9 whenever it offers a key', () => {
    fc.assert(
      fc.property(anyScript, fc.boolean(), (script, isKnown) => {
        const [first, second] = heard(read(menuTwiml(script, isKnown ? 'Some words.' : null, KEYS_URL)));
        assert.deepEqual(isKnown ? second : first, ['Say', script.optOut.prompt]);
      }),
    );
  });

  it('says every word as it is, in the language and voice of the script: no text becomes a verb', () => {
    fc.assert(
      fc.property(anyScript, (script) => {
        const verbs = read(scriptTwiml(script, KEYS_URL)).flatMap((verb) => [verb, ...verb.verbs]);
        const { menu, message } = script;
        assert.ok(
          verbs.some(({ name, text }) =>
            'say' in message
              ? name === 'Say' && text === message.say
              : name === 'Play' && text === message.play,
          ),
        );
        for (const { prompt } of menu) assert.ok(verbs.some(({ text }) => text === prompt));
        assert.deepEqual(
          [...new Set(verbs.map(({ name }) => name))].filter(
            (name) => !['Gather', 'Say', 'Play', 'Pause', 'Hangup'].includes(name),
          ),
          [],
        );
        const speech = verbs.filter(({ name }) => name === 'Say').map(({ attributes }) => attributes);
        assert.ok(
          speech.every(({ language, voice }) => language === script.language && voice?.startsWith('Polly.')),
        );
        assert.equal(new Set(speech.map(({ voice }) => voice)).size, 1);
      }),
    );
  });

  it('leaves a machine who called and the toll-free number, and no key to press', () => {
    fc.assert(
      fc.property(anyScript, (script) => {
        const verbs = read(machineTwiml(script));
        assert.deepEqual(
          verbs.map(({ name, text }) => [name, text]),
          [
            ['Say', script.identification],
            ['Say', script.machine.say],
            ['Hangup', ''],
          ],
        );
      }),
    );
  });

  it('tells which of the menu was chosen', () => {
    const chosen = answerTwiml({ kind: 'menu', script: sampleScript, key: '2', keysUrl: KEYS_URL });
    assert.equal(chosen.contentType, 'text/xml');
    assert.equal(heard(read(chosen.body))[0]?.[1], 'We are at 12 Main Street.');
    const unknown = answerTwiml({ kind: 'menu', script: sampleScript, key: '7', keysUrl: KEYS_URL });
    assert.equal(heard(read(unknown.body))[0]?.[1], sampleScript.optOut.prompt);
  });

  it('ends a call with a few words, or none', () => {
    const words = answerTwiml({ kind: 'end', language: 'es-US', text: 'Adiós.' });
    assert.deepEqual(heard(read(words.body)), [
      ['Say', 'Adiós.'],
      ['Hangup', ''],
    ]);
    const none = answerTwiml({ kind: 'end', language: 'en-US', text: null });
    assert.deepEqual(heard(read(none.body)), [['Hangup', '']]);
  });

  it('tells whoever calls back who we are and which key opts out, twice', () => {
    const { body } = answerTwiml({
      kind: 'called_back',
      language: 'en-US',
      identification: 'This is Riverside County Health.',
      prompt: 'Press 9.',
      keysUrl: KEYS_URL,
    });
    assert.deepEqual(heard(read(body)), [
      ['Say', 'This is Riverside County Health.'],
      ['Say', 'Press 9.'],
      ['Pause', ''],
      ['Say', 'Press 9.'],
      ['Pause', ''],
      ['Hangup', ''],
    ]);
  });

  it('that is too long for a request is said to be, by its length as a document', () => {
    assert.equal(scriptFault(sampleScript, KEYS_URL), null);
    const long = { ...sampleScript, message: { say: '&'.repeat(700) } };
    assert.ok(scriptTwiml(long, KEYS_URL).length > MAX_TWIML);
    assert.match(String(scriptFault(long, KEYS_URL)), /has \d+ characters, and 4000 are the most/);
    const machine = { ...sampleScript, machine: { say: '&'.repeat(1_000) } };
    assert.match(String(scriptFault(machine, KEYS_URL)), /for a machine it has/);
  });
});
