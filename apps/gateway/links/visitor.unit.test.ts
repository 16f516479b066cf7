import assert from 'node:assert/strict';
import { machineRules, TOO_SOON_MS, type Visit, visitorOf } from './visitor.ts';

const SAFARI =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1';
const CHROME =
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36';
const SAMSUNG =
  'Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-S911U) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36';
const FACEBOOK =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [FBAN/FBIOS;FBAV/470.0.0.39.109;FBDV/iPhone14,5;FBSN/iOS;FBSV/17.5]';
const KAIOS = 'Mozilla/5.0 (Mobile; Nokia 8110 4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5';
const IMESSAGE =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0';

const AT = new Date('2026-11-26T15:00:00Z');
const visit = (more: Partial<Visit> = {}): Visit => ({
  method: 'GET',
  userAgent: SAFARI,
  purpose: null,
  postedAt: new Date(AT.getTime() - 60_000),
  at: AT,
  ...more,
});

describe('Who follows a link', () => {
  for (const [name, userAgent] of Object.entries({ SAFARI, CHROME, SAMSUNG, FACEBOOK, KAIOS })) {
    it(`is a person with a phone: ${name}`, () => {
      assert.deepEqual(visitorOf(visit({ userAgent })), { visitor: 'person', rule: null });
    });
  }

  for (const [rule, more] of [
    ['head', { method: 'HEAD' }],
    ['prefetch', { purpose: 'prefetch;prerender' }],
    ['prefetch', { purpose: 'preview' }],
    ['no_agent', { userAgent: null }],
    ['no_agent', { userAgent: ' ' }],
    ['crawler', { userAgent: IMESSAGE }],
    ['crawler', { userAgent: 'WhatsApp/2.24.20.89 A' }],
    ['crawler', { userAgent: 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)' }],
    ['crawler', { userAgent: 'TelegramBot (like TwitterBot)' }],
    ['crawler', { userAgent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' }],
    ['crawler', { userAgent: 'curl/8.5.0' }],
    ['crawler', { userAgent: 'python-requests/2.32.3' }],
    ['crawler', { userAgent: 'Go-http-client/2.0' }],
    ['too_soon', { postedAt: null }],
    ['too_soon', { postedAt: AT }],
    ['too_soon', { postedAt: new Date(AT.getTime() - TOO_SOON_MS + 1) }],
  ] as const) {
    it(`is a machine by the rule ${rule}: ${JSON.stringify(more).slice(0, 90)}`, () => {
      assert.deepEqual(visitorOf(visit(more)), { visitor: 'machine', rule });
    });
  }

  it('is a person as soon as one can have read the text', () => {
    const postedAt = new Date(AT.getTime() - TOO_SOON_MS);
    assert.equal(visitorOf(visit({ postedAt })).visitor, 'person');
  });

  it('is told by rules that say what they go by, each by its own name', () => {
    assert.equal(new Set(machineRules.map(({ id }) => id)).size, machineRules.length);
    assert.ok(machineRules.every(({ says, source }) => says.endsWith('.') && source.length > 10));
  });
});
