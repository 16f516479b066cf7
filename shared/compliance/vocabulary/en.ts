import type { VocabularyData } from './vocabulary-data.ts';

export const en: VocabularyData = {
  optOut: [
    // 47 CFR 64.1200(a)(10): words that revoke consent by themselves.
    'stop',
    'quit',
    'end',
    'revoke',
    'opt out',
    'cancel',
    'unsubscribe',
    // Default keywords of carriers: Twilio STOPALL, AWS REMOVE.
    'stop all',
    'remove',
  ],
  optIn: ['start', 'unstop', 'subscribe'],
  agreement: ['yes'],
  help: ['help', 'info'],
};
