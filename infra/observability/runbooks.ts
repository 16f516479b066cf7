/**
 * Kinds of alarms, with the page of docs/runbooks/ that says what to do. Several alarms share a page where the same
 * hand movements help. A test holds this table, the pages and their headings against each other.
 */
export const runbooks = {
  'queue-age': 'queue-age.md#what-to-do',
  'dead-letters': 'dead-letters.md#what-to-do',
  'backlog-growing': 'backlog-growing.md#what-to-do',
  'consumer-stuck': 'consumer-stuck.md#what-to-do',
  'in-flight-limit': 'in-flight-limit.md#what-to-do',
  'tasks-below-minimum': 'tasks-below-minimum.md#what-to-do',
  'tasks-at-maximum': 'tasks-at-maximum.md#what-to-do',
  'handler-errors': 'handler-errors.md#what-to-do',
  'stopped-tasks': 'stopped-tasks.md#what-to-do',
  'cpu-memory': 'cpu-memory.md#what-to-do',
  'iterator-age': 'iterator-age.md#what-to-do',
  'dialog-bottleneck': 'dialog-bottleneck.md#what-to-do',
  'slow-drill-initiation': 'slow-drill-initiation.md#what-to-do',
  'stream-throttles': 'stream-throttles.md#what-to-do',
  'records-set-aside': 'records-set-aside.md#what-to-do',
  'slow-replies': 'slow-replies.md#what-to-do',
  'sending-bottleneck': 'sending-bottleneck.md#what-to-do',
  'sending-in-doubt': 'sending-in-doubt.md#what-to-do',
  'sending-halted': 'sending-halted.md#what-to-do',
  'messages-ambiguous': 'carrier-outage.md#what-to-do',
  'outside-hours': 'outside-hours.md#what-to-do',
  'hours-unwatched': 'hours-unwatched.md#what-to-do',
  'agent-failing': 'agent-failing.md#what-to-do',
  'inbound-kept-aside': 'inbound-kept-aside.md#what-to-do',
  'webhooks-refused': 'webhooks-refused.md#what-to-do',
  database: 'database.md#what-to-do',
  cache: 'cache.md#what-to-do',
  'web-errors': 'web-errors.md#what-to-do',
  'web-unhealthy': 'web-unhealthy.md#what-to-do',
  notices: 'notices.md#what-to-do',
} as const satisfies Record<string, `${string}.md#${string}`>;

export type AlarmKind = keyof typeof runbooks;

/** Where the pages are, from the root of the product. */
export const RUNBOOK_FOLDER = 'docs/runbooks';

/** Where somebody who is woken by an alarm reads on. */
export const runbookLink = (kind: AlarmKind): string => `${RUNBOOK_FOLDER}/${runbooks[kind]}`;
