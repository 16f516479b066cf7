/**
 * What every column of the database says about a person, and what becomes of it when they are erased. A test compares
 * this with the schema, so that no column is added without an answer, and another one erases somebody and looks for what
 * is left in each.
 *
 * - number: gives way to its hash
 * - cleared: emptied; what a person said, or what they were sent
 * - removed: the whole row goes
 * - kept: about a person, but says who it is to nobody: instants, states, counts, and ids that we or the carrier made.
 *   The record that something was sent, asked or granted
 * - none: about nobody whom we write to
 * - public: the national do-not-call registry, which is not ours, and which must be kept whole (47 CFR 64.1200(c)(2))
 * - transit: leaves by itself within moments; an erasure waits until it has
 */
export type Treatment = 'number' | 'cleared' | 'removed' | 'kept' | 'none' | 'public' | 'transit';

type Table = Readonly<Record<string, Treatment>>;

/** A table all of whose columns are alike. */
const all = <const C extends string>(treatment: Treatment, ...columns: readonly C[]): Record<C, Treatment> =>
  Object.fromEntries(columns.map((column) => [column, treatment])) as Record<C, Treatment>;

export const personalData: Readonly<Record<string, Table>> = {
  lease: all(
    'none',
    ...['consumer', 'source', 'shard', 'parents', 'owner', 'epoch', 'wanted_by', 'checkpoint'],
    ...['renewed_at', 'finished_at'],
  ),
  lease_worker: all('none', 'consumer', 'source', 'worker', 'renewed_at'),
  outbox: {
    ...all('none', 'producer', 'partition', 'id', 'kind', 'target'),
    ...all('transit', 'ordering_key', 'deduplication_id', 'body'),
  },
  quarantined_record: {
    partition_key: 'number',
    ...all('cleared', 'body', 'reason', 'settled_reason'),
    ...all('kept', 'id', 'consumer', 'source', 'shard', 'sequence_number', 'state', 'version'),
    ...all('kept', 'arrived_at', 'quarantined_at', 'settled_at', 'settled_by'),
  },
  event_position: all('removed', 'consumer', 'phone_number', 'version'),
  content_revision: all('none', 'one', 'revision'),
  drill: all(
    'none',
    'slug',
    'draft',
    'published_version',
    'version',
    'created_at',
    'updated_at',
    'updated_by',
  ),
  drill_version: all(
    'none',
    ...[
      'slug',
      'version',
      'content',
      'examples',
      'report',
      'override_reason',
      'published_at',
      'published_by',
    ],
  ),
  programme: all(
    'none',
    ...['slug', 'definition', 'version', 'created_at', 'updated_at', 'updated_by', 'archived_at'],
  ),
  registration_code_use: all('none', 'programme_slug', 'code', 'uses'),
  dialog_drill: all('none', 'hash', 'drill'),
  dialog_state: all('removed', 'phone_number', 'version', 'state', 'drill_hash', 'updated_at'),
  // The batch is left with the types and instants of its events.
  dialog_event_batch: {
    phone_number: 'number',
    batch: 'cleared',
    ...all('kept', 'version', 'command_id', 'occurred_at'),
  },
  processed_command: all('kept', 'command_id', 'processed_at'),
  drill_progress: {
    phone_number: 'number',
    ...all('kept', 'programme_slug', 'drill_slug', 'drill_instance_id', 'requested_at', 'started_at'),
    ...all('kept', 'completed_at', 'nothing_more_at'),
  },
  // What they were given stands in drill_progress.
  participant: all(
    'removed',
    ...['phone_number', 'programme_slug', 'enrolled_by', 'enrolled_at', 'last_interacted_at', 'opted_out'],
    ...['time_zone', 'delivery_time', 'our_number', 'drill_instance_id', 'prompt_slug', 'prompt_started_at'],
    ...['reminded', 'completed_at', 'next_start_at', 'remind_at', 'due_at', 'last_start_at', 'start_version'],
    ...['armed_for', 'prompt_event_id', 'prompt_sent_at'],
  ),
  // What they were given stands in drill_progress, and what came of it in the counts.
  drill_instance: all(
    'removed',
    ...['phone_number', 'drill_instance_id', 'programme_slug', 'drill_slug', 'drill_version', 'language'],
    ...['prompt_slug', 'prompt_place', 'prompt_started_at', 'tries', 'started_at', 'ended_at', 'ended'],
  ),
  drill_report: all(
    'none',
    ...[
      'programme_slug',
      'drill_slug',
      'drill_version',
      'language',
      'prompt_slug',
      'place',
      'reached',
      'passed',
    ],
    ...['passed_first', 'noted', 'wrong', 'abandoned', 'reminded', 'closed', 'completed', 'dropped_replaced'],
    ...['dropped_opted_out', 'dropped_left', 'dropped_reset', 'dropped_erased', 'answer_times'],
  ),
  // Words that they alone have written go, and stay counted; those that others wrote too say nothing of them.
  drill_wrong_answer: {
    ...all('removed', 'answer', 'example', 'only_phone'),
    ...all('kept', 'programme_slug', 'drill_slug', 'drill_version', 'language', 'prompt_slug', 'count'),
  },
  phone: {
    phone_number: 'number',
    last_ordinal: 'kept',
    ...all('removed', 'next_send_at', 'next_send_batch', 'next_call_at', 'next_call_batch'),
    ...all('removed', 'time_zone', 'state', 'postal_code'),
  },
  message: {
    phone_number: 'number',
    ...all('cleared', 'body', 'media_urls', 'call', 'template'),
    ...all('kept', 'message_id', 'ordinal', 'lane', 'intent', 'sender_number', 'batch_id', 'cause_id'),
    ...all(
      'kept',
      'created_at',
      'state',
      'generation',
      'attempts',
      'deferrals',
      'due_at',
      'rule',
      'queued_at',
    ),
    ...all('kept', 'settled_at', 'caused_at', 'opens_batch', 'channel', 'not_after', 'topic', 'campaign_id'),
    ...all('kept', 'verdict', 'decided_rule', 'rules_version', 'segments', 'variant', 'lesson_campaign_id'),
    ...all('kept', 'step'),
  },
  attempt: {
    phone_number: 'number',
    ...all('kept', 'attempt_id', 'message_id', 'carrier', 'sender_number', 'state', 'posted_at', 'ended_at'),
    ...all('kept', 'carrier_message_id', 'error_code', 'empty_listings', 'last_listed_at', 'next_look_at'),
    ...all('kept', 'channel', 'touched_at', 'machine_heard_at', 'machine_left_at', 'key_heard_at', 'over_at'),
  },
  // The cause is kept where a machine worded it, from the carrier's ids.
  consent_change: {
    phone_number: 'number',
    ...all('cleared', 'original_message', 'cause', 'affirmative_action', 'url', 'ip', 'user_agent'),
    ...all('cleared', 'external_id', 'tracking_id'),
    ...all(
      'kept',
      'change_id',
      'status',
      'method',
      'requested_at',
      'recorded_at',
      'position',
      'scope',
      'channels',
    ),
    ...all('kept', 'granted', 'found_late', 'deadline', 'rule', 'disclosure_hash', 'actor', 'reverses'),
    ...all('kept', 'reversal_reason'),
  },
  consent_disclosure: all('none', 'hash', 'wording', 'first_used_at'),
  consent_standing: {
    phone_number: 'number',
    ...all('kept', 'scope', 'status', 'consents', 'change_id', 'requested_at', 'revoked_at', 'deadline'),
  },
  consent_word_seen: { phone_number: 'number', ...all('kept', 'change_id', 'seen_at') },
  consent_review: {
    phone_number: 'number',
    ...all('cleared', 'original_message', 'reason'),
    ...all('kept', 'review_id', 'rule', 'change_id', 'requested_at', 'deadline', 'opened_at', 'outcome'),
    ...all('kept', 'resolved_at', 'resolved_by'),
  },
  suppression: {
    phone_number: 'number',
    reason: 'cleared',
    ...all('kept', 'change_id', 'source', 'added_at', 'scope'),
  },
  inbound_watch: all(
    'none',
    ...['carrier', 'alive_at', 'outage_since', 'listening_since', 'swept_at', 'sweep_claim'],
    ...['sweep_claimed_until', 'missed_at', 'outage_until', 'accepted_outage'],
  ),
  inbound_part: all(
    'removed',
    ...[
      'carrier',
      'carrier_message_id',
      'phone_number',
      'our_number',
      'reference',
      'number',
      'count',
      'body',
    ],
    ...['media', 'received_at', 'heard_at', 'due_at', 'joined_as', 'taken_in_at'],
  ),
  message_log: {
    phone_number: 'number',
    ...all('cleared', 'body', 'media_urls'),
    ...all('kept', 'log_id', 'carrier', 'carrier_message_id', 'direction', 'our_number', 'message_id'),
    ...all('kept', 'attempt_id', 'segments', 'status', 'status_rank', 'status_at', 'error_code'),
    ...all('kept', 'unknown_statuses', 'occurred_at', 'first_seen_at', 'content_at'),
  },
  // What they answered in a call goes; that they took it stays.
  call_log: {
    keys: 'cleared',
    ...all('kept', 'log_id', 'outcome', 'answered_by', 'seconds', 'price', 'currency', 'occurred_at'),
    campaign_id: 'kept',
  },
  number_fault: { phone_number: 'number', ...all('kept', 'log_id', 'error_code', 'carrier', 'heard_at') },
  status_follow_up: all('kept', 'log_id', 'carrier', 'carrier_message_id', 'accepted_at', 'next_look_at'),
  status_watch: all('none', 'carrier', 'enrolled_to'),
  decision: {
    phone_number: 'number',
    ...all(
      'kept',
      'decision_id',
      'decided_at',
      'recorded_at',
      'position',
      'message_id',
      'campaign_id',
      'channel',
    ),
    ...all('kept', 'verdict', 'rule', 'rules_version', 'until', 'inputs_hash'),
  },
  // Shared by all of whom the same is known: states and zones, counts, no names.
  decision_inputs: all('none', 'hash', 'inputs'),
  do_not_call_list: all(
    'none',
    ...['list_id', 'list_date', 'loaded_at', 'loaded_by', 'sources', 'prefixes', 'numbers', 'completed_at'],
    'emptied_at',
  ),
  do_not_call_number: { list_id: 'none', phone_number: 'public' },
  reassigned_answer: {
    phone_number: 'number',
    ...all('kept', 'asked_on', 'answer', 'asked_about', 'loaded_at'),
  },
  reassigned_load: all(
    'none',
    'load_id',
    'asked_on',
    'loaded_at',
    'loaded_by',
    'sources',
    'yes',
    'no',
    'no_data',
  ),
  erased_phone: all(
    'kept',
    ...['pseudonym', 'key_version', 'erased_at', 'completed_at', 'dialog_version', 'reason', 'erased_by'],
  ),
  // Of programs and of staff, who are not erased with a person.
  api_key: all(
    'none',
    ...['key_id', 'hash', 'name', 'role', 'created_at', 'created_by', 'expires_at', 'revoked_at'],
    'last_used_at',
  ),
  // A reply that names the person; those to other requests stay.
  api_reply: all('removed', 'actor_id', 'idempotency_key', 'request_hash', 'reply', 'created_at'),
  audit_entry: {
    ...all(
      'none',
      'position',
      'occurred_at',
      'actor_kind',
      'actor_id',
      'actor_name',
      'operation',
      'request_id',
    ),
    ...all('none', 'ip', 'subject', 'action'),
    subject_id: 'number',
    // The number and what was written about a text; where the person stood is kept.
    ...all('cleared', 'before', 'after'),
  },
  webhook_endpoint: all(
    'none',
    ...['endpoint_id', 'url', 'events', 'description', 'enabled', 'disabled_reason', 'version', 'failures'],
    ...['failing_since', 'resting_until', 'created_at', 'created_by', 'deleted_at'],
  ),
  webhook_secret: all('none', 'endpoint_id', 'secret', 'former_secret', 'former_until'),
  // With what the receiver answered, which may repeat it. What it has taken is on its own record.
  webhook_delivery: all(
    'removed',
    ...['position', 'endpoint_id', 'event_id', 'type', 'phone_number', 'payload', 'redelivery_of', 'state'],
    ...['attempts', 'due_at', 'claimed_until', 'created_at', 'first_attempt_at', 'last_attempt_at'],
    ...['response_status', 'response_body', 'error'],
  ),
  contact: all(
    'removed',
    ...['contact_id', 'phone_number', 'external_id', 'name', 'language', 'time_zone', 'state', 'postal_code'],
    ...[
      'line_type',
      'attributes',
      'tags',
      'last_reply',
      'last_reply_at',
      'version',
      'created_at',
      'updated_at',
    ],
  ),
  contact_news: all('removed', 'position', 'phone_number', 'due_at', 'answer'),
  contact_answer: all(
    'removed',
    ...[
      'contact_id',
      'field',
      'answer',
      'value',
      'programme_slug',
      'drill_instance_id',
      'prompt_slug',
      'event_id',
    ],
    'answered_at',
  ),
  contact_field: {
    ...all('none', 'name', 'label', 'type', 'choices', 'created_at', 'version', 'deleted_at'),
    ...all('transit', 'cleared_to'),
  },
  contact_list: all(
    'none',
    ...['list_id', 'name', 'description', 'version', 'created_at', 'updated_at', 'archived_at'],
  ),
  list_member: all('removed', 'list_id', 'contact_id', 'added_at'),
  contact_import: all(
    'none',
    ...['import_id', 'kind', 'status', 'step', 'reached', 'file_name', 'options', 'columns', 'mapping'],
    ...['exclude_faulty', 'upload', 'file_bytes', 'file_hash', 'file_rows', 'valid', 'duplicate', 'faulty'],
    ...['matched', 'created', 'updated', 'unchanged', 'refused', 'erased', 'consents', 'reason', 'due_at'],
    ...['created_by', 'created_at', 'updated_at', 'ended_at', 'upload_at'],
  ),
  import_beside: all('none', 'import_id', 'reached', 'counts'),
  // The row is left, as one that cannot be read: rows of the file are counted.
  import_row: { cells: 'cleared', ...all('kept', 'import_id', 'upload', 'row_number', 'row_count', 'fault') },
  import_contact: all(
    'removed',
    ...['import_id', 'phone_number', 'scope', 'row_number', 'contact_id', 'is_known', 'external_id', 'name'],
    ...['language', 'time_zone', 'state', 'postal_code', 'attributes', 'tags', 'consent'],
  ),
  import_fault: {
    phone_number: 'number',
    ...all('cleared', 'value', 'cells'),
    ...all('kept', 'import_id', 'row_number', 'place', 'column_name', 'reason'),
  },
  campaign: all(
    'none',
    ...['campaign_id', 'name', 'type', 'pool', 'intent', 'definition', 'status', 'paused_from', 'reason'],
    ...[
      'waits_for',
      'edited_by',
      'reports_until',
      'calls_paced_at',
      'rested_at',
      'batch_most',
      'sampled_at',
      'decided_at',
      'winner',
    ],
    ...[
      'start_at',
      'end_at',
      'due_at',
      'queued_at',
      'paced_at',
      'loaded_to',
      'loaded_at',
      'started_at',
      'ended_at',
    ],
    ...[
      'archived_at',
      'created_by',
      'approved_by',
      'approved_at',
      'approved_contacts',
      'version',
      'created_at',
      'updated_at',
    ],
  ),
  campaign_pool: all('none', 'pool'),
  // The contact is gone; its id leads nowhere any more.
  campaign_contact: {
    phone_number: 'number',
    ...all(
      'kept',
      'campaign_id',
      'contact_id',
      'variant',
      'state',
      'due_at',
      'rule',
      'message_id',
      'attempts',
    ),
    ...all(
      'kept',
      'plans',
      'replied_at',
      'heard_at',
      'settled_at',
      'reached_at',
      'missed_state',
      'missed_rule',
    ),
    ...all('kept', 'step', 'step_base'),
    // What they answered. That somebody did stays counted.
    ...all('cleared', 'keyword', 'keyword_at'),
  },
  campaign_step: all('kept', 'campaign_id', 'contact_id', 'step', 'via', 'variant', 'entered_at'),
  campaign_count: all('none', 'campaign_id', 'variant', 'measure', 'value'),
  // The link leads nowhere any more.
  short_link: {
    phone_number: 'number',
    url: 'cleared',
    ...all('kept', 'token', 'campaign_id', 'contact_id', 'variant', 'message_id', 'created_at'),
  },
  link_click: all('kept', 'click_id', 'token', 'clicked_at', 'visitor', 'rule'),
  campaign_click: all('kept', 'campaign_id', 'contact_id', 'variant', 'token', 'clicked_at'),
  test_message: all('kept', 'message_id', 'campaign_id', 'sent_by', 'sent_at'),
  campaign_guard: all(
    'none',
    ...['campaign_id', 'stage', 'stage_since', 'watched_from', 'tripped_at', 'tripped_by'],
  ),
  throttle_group: all(
    'none',
    ...['throttle_group_id', 'name', 'most', 'per', 'evenly', 'version', 'created_at', 'updated_at'],
  ),
  throttle_state: all('none', 'throttle_group_id', 'used_to', 'clock_at', 'turn'),
  throttle_use: all('none', 'throttle_group_id', 'until', 'campaign_id', 'used'),
  campaign_throttle: all(
    'none',
    ...['throttle_group_id', 'campaign_id', 'turn', 'unmet', 'asked_at', 'waits', 'held', 'first_from'],
  ),
  campaign_spend: all('none', 'campaign_id', 'segments', 'media_messages', 'micros', 'budget_micros'),
  campaign_variant_spend: all('none', 'campaign_id', 'variant', 'segments', 'media_messages', 'micros'),
  breaker_watch: all('none', 'one', 'looked_at'),
  sender: all(
    'none',
    ...[
      'sender_number',
      'carrier',
      'type',
      'registration',
      'segments_per_second',
      'segments_per_day',
      'pool',
    ],
    ...[
      'programme',
      'halted_at',
      'halted_reason',
      'halted_by',
      'watched_from',
      'carrier_paused_until',
      'version',
      'created_at',
    ],
    'updated_at',
  ),
  sender_pool: all(
    'none',
    ...[
      'pool',
      'description',
      'segments_per_second',
      'segments_per_day',
      'version',
      'created_at',
      'updated_at',
    ],
  ),
  sender_day: all('none', 'sender_number', 'day', 'segments'),
  whatsapp_window: all('removed', 'phone_number', 'sender_number', 'heard_at', 'heard_on'),
  sticky_sender: all('removed', 'pool', 'phone_number', 'sender_number'),
  sender_task: all('none', 'task', 'seen_at', 'paces_alone', 'channel'),
  // That somebody answered, and what it came to, is counted; what they said goes.
  reply: {
    phone_number: 'number',
    ...all('cleared', 'body', 'media_urls'),
    ...all('kept', 'reply_id', 'position', 'our_number', 'contact_id', 'campaign_id', 'carrier'),
    ...all('kept', 'carrier_message_id', 'received_at', 'session', 'taken_as', 'read_at', 'answered_at'),
    ...all('kept', 'answered_by', 'untold_at', 'of_lesson'),
    keyword: 'cleared',
    stored_at: 'kept',
  },
  reply_verdict: all('kept', 'reply_id', 'taken_as', 'heard_at'),
  conversation: all(
    'removed',
    ...[
      'conversation_id',
      'phone_number',
      'state',
      'snoozed_until',
      'assignee',
      'tags',
      'unread',
      'waiting',
      'agent_mode',
    ],
    ...['last_reply_id', 'last_text_at', 'our_number', 'campaign_id', 'session', 'session_at', 'activity_at'],
    ...['version', 'created_at', 'opened_from', 'opened_from_snoozed'],
  ),
  // With their conversation.
  conversation_note: all('removed', 'position', 'conversation_id', 'body', 'written_by', 'written_at'),
  conversation_answer: all(
    'removed',
    ...['message_id', 'conversation_id', 'answered_by', 'answered_at', 'reply_id', 'look_at'],
  ),
  agent_rule: all(
    'none',
    ...['rule_id', 'topic', 'action', 'phrases', 'unless', 'answers', 'campaign_id', 'our_number', 'enabled'],
    ...['version', 'created_at', 'updated_at'],
  ),
  agent_mode: all('none', 'campaign_id', 'our_number', 'mode', 'version', 'updated_at', 'updated_by'),
  // What was said goes; what came of it stays counted.
  agent_answer: {
    phone_number: 'number',
    ...all('cleared', 'input', 'output', 'body'),
    ...all(
      'kept',
      'reply_id',
      'conversation_id',
      'our_number',
      'campaign_id',
      'mode',
      'state',
      'reason',
      'detail',
    ),
    ...all(
      'kept',
      'given_at',
      'due_at',
      'claim',
      'claimed_until',
      'claims',
      'asked_at',
      'source',
      'source_version',
    ),
    ...all('kept', 'topic', 'turns', 'edited', 'first_ms', 'answer_ms', 'input_tokens', 'output_tokens'),
    ...all('kept', 'message_id', 'settled_at', 'settled_by'),
  },
  canned_reply: all('none', 'canned_reply_id', 'name', 'body', 'version', 'created_at', 'updated_at'),
  campaign_delivery: all(
    'kept',
    ...['log_id', 'campaign_id', 'variant', 'contact_id', 'message_id', 'carrier', 'outcome', 'error_code'],
    ...['segments', 'is_news', 'call_outcome', 'call_seconds', 'call_price', 'call_currency'],
  ),
  campaign_call: all('kept', 'message_id', 'campaign_id', 'variant', 'carrier', 'minutes', 'micros'),
  operating_count: all('none', 'day', 'campaign_id', 'measure', 'value'),
  operating_watch: all('none', 'one', 'looked_at', 'counted_to', 'bound_at', 'bound_xid'),
  campaign_delivery_count: all('none', 'campaign_id', 'variant', 'measure', 'value'),
  campaign_opt_out: all('kept', 'campaign_id', 'contact_id', 'variant', 'log_id', 'opted_out_at'),
  campaign_drill_answer: all('kept', 'command_id', 'campaign_id', 'contact_id', 'refusal'),
  business_clock: all('none', 'one', 'version', 'previous_ms', 'offset_ms', 'jumps_at', 'announced_ms'),
  business_clock_instance: all('none', 'instance', 'pid', 'version', 'alive_at'),
  erasure_key: all('none', 'key_version', 'proof'),
};
