import { failureStatusOf, isChannelCode } from './error-codes.ts';
import type { Status, Step } from './message.ts';

/**
 * The life of a message that was accepted: which status follows when.
 *
 *   queued ------------------------------> sent -> delivered
 *   accepted (messaging service) -> queued   |  \-> undelivered (error of the handset or its network)
 *   scheduled (SendAt) -> queued             \---> failed (error before any network, or validity over)
 *
 * On WhatsApp delivered -> read, and what it does not take is undelivered at once.
 */
export interface Plan {
  initial: Extract<Status, 'queued' | 'accepted' | 'scheduled'>;
  /** When it enters the queue, in milliseconds since 1970. */
  queuedAt: number;
  validForSeconds: number;
  /** From the queue to `sent`, and from there to the end, in milliseconds. */
  sentAfterMs: number;
  deliveredAfterMs: number;
  /** Null: it arrives. */
  errorCode: number | null;
  /** Whether the person's phone tells when it was looked at, as WhatsApp's does. */
  isRead: boolean;
}

const VALIDITY_OVER = 30_036;

export function planSteps(plan: Plan): Step[] {
  const steps: Step[] = [];
  if (plan.initial !== 'queued') steps.push({ at: plan.queuedAt, status: 'queued', errorCode: null });
  const sentAt = plan.queuedAt + plan.sentAfterMs;
  const validUntil = plan.queuedAt + plan.validForSeconds * 1_000;
  if (sentAt > validUntil) return [...steps, { at: validUntil, status: 'failed', errorCode: VALIDITY_OVER }];

  if (plan.errorCode !== null && isChannelCode(plan.errorCode)) {
    return [...steps, { at: sentAt, status: 'undelivered', errorCode: plan.errorCode }];
  }
  const failure = plan.errorCode === null ? null : failureStatusOf(plan.errorCode);
  if (failure === 'failed') return [...steps, { at: sentAt, status: 'failed', errorCode: plan.errorCode }];
  return [
    ...steps,
    { at: sentAt, status: 'sent', errorCode: null },
    { at: sentAt + plan.deliveredAfterMs, status: failure ?? 'delivered', errorCode: plan.errorCode },
    ...(plan.isRead && failure === null
      ? [{ at: sentAt + 2 * plan.deliveredAfterMs, status: 'read', errorCode: null } as const]
      : []),
  ];
}
