import type { Clock } from '#shared/clock.ts';
import type { Metrics } from '#shared/metrics.ts';
import type { Message } from '#shared/sending/message-state.ts';

/** How long an answer took: from the text to the acceptance of the first message that answers it. */
export function observeReply(
  { causedAt, opensBatch }: Pick<Message, 'causedAt' | 'opensBatch'>,
  { clock, metrics }: { clock: Pick<Clock, 'now'>; metrics: Metrics },
): void {
  if (!opensBatch || causedAt === null) return;
  metrics.observe('ReplyMilliseconds', Math.max(0, clock.now().getTime() - causedAt.getTime()), {});
}
