import assert from 'node:assert/strict';
import { readTwiml, type TwimlMessage } from './twiml.ts';

const message = (more: Partial<TwimlMessage>): TwimlMessage => ({
  to: null,
  from: null,
  body: '',
  mediaUrls: [],
  statusCallback: null,
  ...more,
});

describe('readTwiml', () => {
  const cases: [label: string, contentType: string, body: string, messages: TwimlMessage[]][] = [
    ['an empty body', 'text/plain', '', []],
    ['an empty Response', 'text/xml', '<Response></Response>', []],
    [
      'a closed Response with a declaration',
      'text/xml',
      '<?xml version="1.0" encoding="UTF-8"?><Response/>',
      [],
    ],
    ['a Response of blanks', 'application/xml', '<Response>\n  </Response>\n', []],
    ['verbs that send nothing', 'text/xml', '<Response><Redirect>/next</Redirect></Response>', []],
    [
      'a Message with text',
      'text/xml',
      '<Response><Message>Hello</Message></Response>',
      [message({ body: 'Hello' })],
    ],
    [
      'numbers as text',
      'text/xml',
      '<Response><Message>007</Message></Response>',
      [message({ body: '007' })],
    ],
    [
      'entities and CDATA',
      'text/xml',
      '<Response><Message>a &lt; b &amp; c</Message><Message><![CDATA[<b>]]></Message></Response>',
      [message({ body: 'a < b & c' }), message({ body: '<b>' })],
    ],
    [
      'a Body with Media and attributes',
      'text/xml',
      '<Response><Message to="+14155550102" from="+14155550103" action="/done"><Body>Hi</Body><Media>https://m.example/1.png</Media><Media>https://m.example/2.png</Media></Message></Response>',
      [
        message({
          to: '+14155550102',
          from: '+14155550103',
          body: 'Hi',
          mediaUrls: ['https://m.example/1.png', 'https://m.example/2.png'],
          statusCallback: '/done',
        }),
      ],
    ],
    ['plain text', 'text/plain; charset=utf-8', 'Thank you', [message({ body: 'Thank you' })]],
  ];
  for (const [label, contentType, body, messages] of cases) {
    it(`reads ${label}`, () => {
      assert.deepEqual(readTwiml(contentType, body), { ok: true, messages });
    });
  }

  for (const body of ['{"ok":true}', '<Response><Message></Response>', '<html></html>']) {
    it(`is told from other answers: ${body}`, () => {
      assert.equal(readTwiml('text/xml', body).ok, false);
    });
  }
});
