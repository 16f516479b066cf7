import type { Facts } from './facts.ts';
import type { Touch } from './touch.ts';

/** A planned marketing text about nothing in particular. */
export const touchOf = (overrides: Partial<Touch> = {}): Touch => ({
  channel: 'sms',
  intent: 'marketing',
  cause: null,
  notAfter: null,
  topic: null,
  artificialVoice: false,
  windows: null,
  needsWindow: false,
  ...overrides,
});

/** Somebody in New York, by area code, who may be sent anything. */
export const factsOf = (overrides: Partial<Facts> = {}): Facts => ({
  phoneNumber: '+12125550101',
  zone: null,
  postalCode: null,
  state: null,
  suppressions: [],
  consent: {
    status: 'opted_in',
    grants: [
      { topic: null, written: true, artificialVoice: true, givenAt: Date.parse('2026-01-05T12:00:00Z') },
    ],
  },
  marketingTouches: [],
  sentForCause: 0,
  carrierConfirmed: false,
  windowClosesAt: null,
  overtaken: false,
  doNotCall: null,
  reassigned: null,
  ...overrides,
});
