import assert from 'node:assert/strict';
import twilio from 'twilio';
import { readVoiceTwiml } from './voice-twiml.ts';

const { VoiceResponse } = twilio.twiml;

describe('TwiML of calls', () => {
  it("is read as Twilio's builders write it, verbs in order, texts unescaped", () => {
    const response = new VoiceResponse();
    const gather = response.gather({
      numDigits: 1,
      finishOnKey: '',
      timeout: 3,
      action: 'https://a.example/?x=1&y=2',
    });
    gather.say({ language: 'es-US', voice: 'Polly.Lupe' }, '¿Sí? <9> & "más"');
    gather.play({ loop: 2 }, 'https://a.example/a.mp3');
    gather.pause({ length: 4 });
    response.redirect('https://a.example/next');
    response.hangup();
    assert.deepEqual(readVoiceTwiml(response.toString()), {
      ok: true,
      verbs: [
        {
          verb: 'gather',
          sounds: [
            { verb: 'say', text: '¿Sí? <9> & "más"', language: 'es-US', voice: 'Polly.Lupe', loop: 1 },
            { verb: 'play', url: 'https://a.example/a.mp3', loop: 2 },
            { verb: 'pause', ms: 4_000 },
          ],
          numDigits: 1,
          finishOnKey: '',
          timeoutMs: 3_000,
          action: 'https://a.example/?x=1&y=2',
          method: 'POST',
          actionOnEmptyResult: false,
        },
        { verb: 'redirect', url: 'https://a.example/next', method: 'POST' },
        { verb: 'hangup' },
      ],
    });
  });

  it('has the defaults of Twilio where an attribute is left out', () => {
    const read = readVoiceTwiml('<Response><Gather/><Pause/><Say>Hi</Say></Response>');
    assert.ok(read.ok);
    const [gather, pause, say] = read.verbs;
    assert.ok(gather?.verb === 'gather');
    assert.deepEqual(
      [gather.timeoutMs, gather.finishOnKey, gather.numDigits, gather.action],
      [5_000, '#', null, null],
    );
    assert.deepEqual(pause, { verb: 'pause', ms: 1_000 });
    assert.equal(say?.verb === 'say' && say.loop, 1);
  });

  const refused: [document: string, reason: RegExp][] = [
    ['', /not well-formed/],
    ['<Response><Say>', /not well-formed/],
    ['<Reply/>', /no <Response>/],
    ['<Response><Dial>+14155550101</Dial></Response>', /<Dial> cannot be played/],
    ['<Response><Gather><Redirect>x</Redirect></Gather></Response>', /<Redirect> cannot be played/],
    ['<Response><Gather input="speech"/></Response>', /keys only/],
    ['<Response><Gather numDigits="0"/></Response>', /numDigits of <Gather> is out of range/],
    ['<Response><Gather finishOnKey="12"/></Response>', /finishOnKey/],
    ['<Response><Pause length="-1"/></Response>', /length of <Pause>/],
  ];
  for (const [document, reason] of refused) {
    it(`is refused: ${document || 'an empty document'}`, () => {
      const read = readVoiceTwiml(document);
      assert.ok(!read.ok);
      assert.match(read.reason, reason);
    });
  }
});
