import type { Message } from './message-state.ts';

/** A message for tests: an answer with nothing special about it. */
export const sampleMessage = (overrides: Partial<Message> = {}): Message => ({
  messageId: '5f6b2a0e-6b4f-4e57-9d0a-1f2e3d4c5b6a',
  phoneNumber: '+14155550101',
  ordinal: 1,
  lane: 'replies',
  channel: 'sms',
  freeFrom: null,
  intent: 'reply',
  senderNumber: '+14155550100',
  body: 'hello',
  mediaUrls: [],
  template: null,
  call: null,
  segments: 1,
  batchId: 'batch',
  campaignId: null,
  topic: null,
  causedAt: null,
  opensBatch: true,
  notAfter: null,
  decided: null,
  attempts: 0,
  deferrals: 0,
  ...overrides,
});
