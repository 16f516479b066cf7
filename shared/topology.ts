/**
 * The map of the system. Everything that runs, and everything it may touch, stands here once: `npm start` runs
 * from it, the local stack creates streams, queues, database roles and grants from it, and infrastructure,
 * policies, dashboards and the diagram in the README are derived from it. A service may do exactly what its row
 * says. Adding a queue or a service is one row here plus its code.
 */

/** What a day brings, for each message that goes out and for each text that comes in: for costs and the simulated day. */
export interface Traffic {
  perMessage: number;
  perText: number;
}

export interface StreamRow {
  /** What one record is and what it is partitioned by. */
  carries: string;
  /** Shards of a small environment; configuration may raise it. */
  shards: number;
  /** Records. */
  traffic: Traffic;
  /** The consumer that somebody waits for, on the way from a text to its answer: it reads more often than the others. */
  prompt?: string;
}

export interface QueueRow {
  carries: string;
  /** Queue for entries that were received too often. */
  deadLetter: string;
  /** An entry that is not deleted or extended comes back after this. Heartbeats extend it every third of it. */
  visibilitySeconds: number;
  /** Receives before an entry is moved to the dead-letter queue. Waiting never counts: see shared/sqs. */
  maxReceives: number;
  /** How long an entry may wait before more tasks are wanted, in seconds. docs/scaling.md has why. */
  allowedDelaySeconds: number;
  /** An entry that has waited so long, in seconds, is worth waking somebody for: well beyond what scaling mends by itself. */
  lateAfterSeconds: number;
  /** Entries. */
  traffic: Traffic;
}

export const streams = {
  'dialog-commands': {
    carries: 'one command for one person (shared/contracts/dialog-commands.ts); by phone number',
    shards: 1,
    traffic: { perMessage: 1, perText: 1 },
    prompt: 'dialog',
  },
  'dialog-events': {
    carries: 'all events of one command (shared/contracts/dialog-events.ts); by phone number',
    shards: 1,
    traffic: { perMessage: 1, perText: 1 },
    prompt: 'outbound',
  },
  'message-log': {
    carries: 'a sent message or a status (shared/contracts/message-log.ts); by phone number',
    shards: 1,
    // The message, and two statuses of it.
    traffic: { perMessage: 3, perText: 0 },
  },
} as const satisfies Record<string, StreamRow>;
export type StreamName = keyof typeof streams;

export const queues = {
  'sms-replies.fifo': {
    carries: 'turns of phones with answers waiting (shared/contracts/turn.ts); group: phone number',
    deadLetter: 'sms-replies-dead.fifo',
    visibilitySeconds: 30,
    maxReceives: 5,
    // A person looks at the phone and waits.
    allowedDelaySeconds: 10,
    lateAfterSeconds: 60,
    traffic: { perMessage: 0, perText: 1 },
  },
  'sms-bulk.fifo': {
    carries: 'turns of phones with planned messages waiting; group: phone number',
    deadLetter: 'sms-bulk-dead.fifo',
    visibilitySeconds: 30,
    maxReceives: 5,
    allowedDelaySeconds: 30,
    lateAfterSeconds: 900,
    traffic: { perMessage: 0.75, perText: 0 },
  },
  'voice.fifo': {
    carries: 'turns of phones with calls waiting; group: phone number',
    deadLetter: 'voice-dead.fifo',
    visibilitySeconds: 30,
    maxReceives: 5,
    // Calls begin one by one, at the pace of the account: more tasks make none of them sooner.
    allowedDelaySeconds: 120,
    lateAfterSeconds: 1_800,
    traffic: { perMessage: 0.02, perText: 0 },
  },
} as const satisfies Record<string, QueueRow>;
export type QueueName = keyof typeof queues;

export type TableName =
  | 'lease'
  | 'lease_worker'
  | 'outbox'
  | 'quarantined_record'
  | 'event_position'
  | 'content_revision'
  | 'drill'
  | 'drill_version'
  | 'programme'
  | 'registration_code_use'
  | 'dialog_drill'
  | 'dialog_state'
  | 'dialog_event_batch'
  | 'processed_command'
  | 'drill_progress'
  | 'participant'
  | 'drill_instance'
  | 'drill_report'
  | 'drill_wrong_answer'
  | 'phone'
  | 'message'
  | 'attempt'
  | 'consent_change'
  | 'consent_standing'
  | 'consent_word_seen'
  | 'consent_review'
  | 'decision'
  | 'decision_inputs'
  | 'suppression'
  | 'inbound_watch'
  | 'message_log'
  | 'call_log'
  | 'number_fault'
  | 'do_not_call_list'
  | 'do_not_call_number'
  | 'reassigned_answer'
  | 'status_follow_up'
  | 'status_watch'
  | 'business_clock'
  | 'business_clock_instance'
  | 'erased_phone'
  | 'contact'
  | 'contact_field'
  | 'contact_news'
  | 'contact_answer'
  | 'contact_list'
  | 'list_member'
  | 'campaign'
  | 'campaign_pool'
  | 'campaign_contact'
  | 'campaign_count'
  | 'campaign_step'
  | 'campaign_click'
  | 'short_link'
  | 'link_click'
  | 'test_message'
  | 'campaign_guard'
  | 'throttle_group'
  | 'throttle_state'
  | 'throttle_use'
  | 'campaign_throttle'
  | 'campaign_spend'
  | 'campaign_variant_spend'
  | 'campaign_call'
  | 'breaker_watch'
  | 'sender'
  | 'sender_pool'
  | 'sender_day'
  | 'sender_task'
  | 'sticky_sender'
  | 'whatsapp_window'
  | 'campaign_delivery'
  | 'campaign_delivery_count'
  | 'campaign_drill_answer'
  | 'campaign_opt_out'
  | 'operating_count'
  | 'operating_watch'
  | 'erasure_key'
  | 'webhook_endpoint'
  | 'webhook_secret'
  | 'webhook_delivery'
  | 'consent_disclosure'
  | 'api_key'
  | 'api_reply'
  | 'audit_entry'
  | 'contact_import'
  | 'import_row'
  | 'import_fault'
  | 'import_beside'
  | 'import_contact'
  | 'reply'
  | 'reply_verdict'
  | 'conversation'
  | 'conversation_note'
  | 'conversation_answer'
  | 'canned_reply'
  | 'inbound_part'
  | 'agent_rule'
  | 'agent_mode'
  | 'agent_answer';

export type Privilege = 'select' | 'insert' | 'update' | 'delete';

/** Parts of the bucket of files, each under its own name. */
export type FileArea = 'imports' | 'exports' | 'recordings' | 'media' | 'archives';
/** `read` lists and reads, `write` puts new versions; nobody deletes one, expiry does. */
export type FileRight = 'read' | 'write';

export interface ServiceRow {
  /** What it does, in a line. */
  does: string;
  /** Module that Node runs, from the root of the product. */
  entry: string;
  /** Streams it consumes, by the name under which its position is kept. */
  consumes: Partial<Record<string, StreamName>>;
  /** Streams it puts records on. */
  puts: readonly StreamName[];
  /** Queues it receives from and deletes from. */
  receives: readonly QueueName[];
  /** Queues it sends entries to. */
  sends: readonly QueueName[];
  /** Queues whose dead-letter queue it looks into and empties: for people. Left out: none. */
  settles?: readonly QueueName[];
  /** Whether it relays a slot outbox of its own (shared/postgres outbox, 64 slots by phone number). */
  relaysSlots: boolean;
  /** Tables, with exactly the privileges that it needs. */
  tables: Partial<Record<TableName, readonly Privilege[]>>;
  /** Files, with exactly the rights that it needs in each part of the bucket; left out: none. */
  files?: Partial<Record<FileArea, readonly FileRight[]>>;
  /** Whether it speaks to carriers: needs their credentials and a way out. */
  carriers: boolean;
  /** Whether it hands texts to carriers: of those that are services of AWS it needs the right. Left out: it does not. */
  sendsTexts?: true;
  /** Whether it has texts answered by the agent: may ask the Bedrock agent that is configured, and no other. Left out: it does not. */
  agent?: true;
  /** Whether it delivers webhooks to the organisation's other systems: needs a way out. Left out: it does not. */
  webhooks?: true;
  /** Public paths that the load balancer routes to it; none: not reachable from outside. */
  publicPaths: readonly string[];
  /**
   * With public paths: its own number, 1 to 99, which no other service has. The priorities of its rules at the load
   * balancer come of it, so it is never changed and never given to another.
   */
  pathSlot?: number;
  /**
   * One of its public paths, where people sign in at the load balancer. On its other paths the load balancer lets
   * everybody through, and the service decides who they are. Left out: carriers sign what they send; of any other
   * service everybody must have signed in before it is reached.
   */
  signInPath?: string;
  /** What its number of tasks follows. */
  scaling:
    | { by: 'requests' }
    | { by: 'iterator-age'; streams: readonly StreamName[] }
    | { by: 'backlog'; queues: readonly QueueName[] }
    /** Nothing waits for it in a stream or queue: what is due lies in tables. */
    | { by: 'processor' };
  /**
   * Records, entries or requests that one task of this size finishes in a second, on the low side: a tenth or less of
   * what benchmarks measure on two shared processors next to their database (docs/benchmarks.md). Scaling goes by it.
   */
  ratePerTask: number;
  cpu: 256 | 512 | 1024;
  memoryMiB: 512 | 1024 | 2048;
}

/** What every stream consumer does with the tables of shared/kinesis. */
const consuming = {
  lease: ['select', 'insert', 'update'],
  lease_worker: ['select', 'insert', 'update', 'delete'],
  outbox: ['select', 'insert', 'delete'],
  quarantined_record: ['select', 'insert'],
  erased_phone: ['select'],
  erasure_key: ['select'],
} as const satisfies ServiceRow['tables'];

/** A consumer of dialog events also settles records that were parked behind a missing version. */
const following = {
  ...consuming,
  quarantined_record: ['select', 'insert', 'update'],
  event_position: ['select', 'insert', 'update'],
} as const satisfies ServiceRow['tables'];

/** What a relay of slots does besides: as a consumer, without records to quarantine. */
const relaying = {
  lease: ['select', 'insert', 'update'],
  lease_worker: ['select', 'insert', 'update', 'delete'],
  outbox: ['select', 'insert', 'delete'],
} as const satisfies ServiceRow['tables'];

/** What every service reads of drills and programmes as they are published (shared/content/published.ts). */
const readingContent = {
  content_revision: ['select'],
  drill: ['select'],
  drill_version: ['select'],
  programme: ['select'],
} as const satisfies ServiceRow['tables'];

/** Whoever tells webhooks: sees which of them want it, and not what they are told. */
const tellingWebhooks = {
  webhook_endpoint: ['select'],
  webhook_delivery: ['insert'],
} as const satisfies ServiceRow['tables'];

/** What every service may do besides in the local stack, where business time can be skipped: nowhere else. */
export const localClockTables = {
  business_clock: ['select'],
  business_clock_instance: ['select', 'insert', 'update'],
} as const satisfies ServiceRow['tables'];

export const services = {
  gateway: {
    does: "verifies carriers' webhooks, makes a STOP and a key 9 durable before answering, says what is heard after a key, puts commands and statuses on the streams, looks up statuses that no callback told, leads short links on",
    entry: 'apps/gateway/main.ts',
    consumes: {},
    puts: ['dialog-commands', 'message-log'],
    receives: [],
    sends: [],
    relaysSlots: true,
    tables: {
      ...relaying,
      ...tellingWebhooks,
      phone: ['select', 'insert', 'update'],
      message: ['select', 'update'],
      attempt: ['select', 'update'],
      consent_change: ['select', 'insert'],
      consent_standing: ['select', 'insert', 'update'],
      consent_word_seen: ['select', 'insert'],
      consent_review: ['select', 'insert'],
      suppression: ['select', 'insert', 'update', 'delete'],
      decision: ['insert'],
      decision_inputs: ['select', 'insert'],
      inbound_watch: ['select', 'insert', 'update'],
      erasure_key: ['select'],
      message_log: ['select'],
      call_log: ['select'],
      status_follow_up: ['select', 'insert', 'update', 'delete'],
      status_watch: ['select', 'insert', 'update'],
      quarantined_record: ['select', 'insert'],
      short_link: ['select'],
      link_click: ['select', 'insert', 'update', 'delete'],
      campaign_click: ['select', 'insert'],
      campaign_count: ['select', 'insert', 'update'],
      inbound_part: ['select', 'insert', 'update', 'delete'],
      sender: ['select'],
      whatsapp_window: ['select', 'insert', 'update', 'delete'],
      contact: ['select'],
      campaign_contact: ['select'],
    },
    carriers: true,
    publicPaths: ['/webhooks/*', '/l/*', '/sms/inbound'],
    pathSlot: 1,
    scaling: { by: 'requests' },
    ratePerTask: 150,
    cpu: 512,
    memoryMiB: 1024,
  },
  dialog: {
    does: 'the dialog engine: turns commands into events',
    entry: 'apps/dialog/main.ts',
    consumes: { dialog: 'dialog-commands' },
    puts: ['dialog-events'],
    receives: [],
    sends: [],
    relaysSlots: false,
    tables: {
      ...consuming,
      ...readingContent,
      dialog_drill: ['select', 'insert'],
      dialog_state: ['select', 'insert', 'update'],
      dialog_event_batch: ['select', 'insert'],
      processed_command: ['select', 'insert', 'update', 'delete'],
      registration_code_use: ['select', 'insert', 'update'],
      suppression: ['select'],
      consent_change: ['select'],
      campaign: ['select'],
      campaign_drill_answer: ['insert'],
      contact: ['select'],
      contact_field: ['select'],
      conversation: ['select'],
      conversation_answer: ['select'],
    },
    carriers: false,
    publicPaths: [],
    scaling: { by: 'iterator-age', streams: ['dialog-commands'] },
    ratePerTask: 400,
    cpu: 512,
    memoryMiB: 1024,
  },
  outbound: {
    does: 'turns dialog events into messages and gives their phones a turn in the sms queues',
    entry: 'apps/outbound/main.ts',
    consumes: { outbound: 'dialog-events' },
    puts: [],
    receives: [],
    sends: ['sms-replies.fifo', 'sms-bulk.fifo'],
    relaysSlots: false,
    tables: {
      ...following,
      ...readingContent,
      ...tellingWebhooks,
      campaign: ['select'],
      phone: ['select', 'insert', 'update'],
      message: ['select', 'insert'],
      attempt: ['select'],
      suppression: ['select'],
      consent_change: ['select', 'insert'],
      consent_standing: ['select', 'insert', 'update'],
      decision: ['insert'],
      decision_inputs: ['select', 'insert'],
      do_not_call_list: ['select'],
      do_not_call_number: ['select'],
      reassigned_answer: ['select'],
      whatsapp_window: ['select'],
    },
    carriers: false,
    publicPaths: [],
    scaling: { by: 'iterator-age', streams: ['dialog-events'] },
    ratePerTask: 300,
    cpu: 512,
    memoryMiB: 1024,
  },
  sender: {
    does: "claims phones' next messages under the gate and hands them to the carrier",
    entry: 'apps/sender/main.ts',
    consumes: {},
    puts: ['message-log', 'dialog-commands'],
    receives: ['sms-replies.fifo', 'sms-bulk.fifo'],
    sends: ['sms-replies.fifo', 'sms-bulk.fifo'],
    relaysSlots: true,
    tables: {
      ...relaying,
      ...tellingWebhooks,
      campaign: ['select'],
      campaign_contact: ['select'],
      sender: ['select', 'update'],
      sender_pool: ['select'],
      sender_day: ['select', 'insert', 'update'],
      sender_task: ['select', 'insert', 'update', 'delete'],
      phone: ['select', 'update'],
      message: ['select', 'update'],
      attempt: ['select', 'insert', 'update'],
      suppression: ['select', 'insert', 'update'],
      consent_change: ['select', 'insert'],
      consent_standing: ['select', 'insert', 'update'],
      decision: ['insert'],
      decision_inputs: ['select', 'insert'],
      inbound_watch: ['select'],
      erasure_key: ['select'],
      message_log: ['select'],
      do_not_call_list: ['select'],
      do_not_call_number: ['select'],
      reassigned_answer: ['select'],
      // What the agent wrote goes only as long as it may still say it.
      agent_answer: ['select'],
      agent_mode: ['select'],
      conversation: ['select'],
      conversation_answer: ['select'],
      whatsapp_window: ['select'],
    },
    carriers: true,
    sendsTexts: true,
    publicPaths: [],
    scaling: { by: 'backlog', queues: ['sms-replies.fifo', 'sms-bulk.fifo'] },
    // A message a task and 20 ms: more requests could be in flight, the processor does not follow.
    ratePerTask: 50,
    cpu: 512,
    memoryMiB: 1024,
  },
  caller: {
    does: "claims phones' next calls under the gate, has the carrier make them, and follows them to their end",
    entry: 'apps/caller/main.ts',
    consumes: {},
    puts: ['message-log', 'dialog-commands'],
    receives: ['voice.fifo'],
    sends: ['voice.fifo'],
    relaysSlots: true,
    tables: {
      ...relaying,
      ...tellingWebhooks,
      campaign: ['select'],
      campaign_contact: ['select'],
      sender: ['select'],
      sender_task: ['select', 'insert', 'update', 'delete'],
      phone: ['select', 'update'],
      message: ['select', 'update'],
      attempt: ['select', 'insert', 'update'],
      suppression: ['select', 'insert', 'update'],
      consent_change: ['select', 'insert'],
      consent_standing: ['select', 'insert', 'update'],
      decision: ['insert'],
      decision_inputs: ['select', 'insert'],
      inbound_watch: ['select'],
      erasure_key: ['select'],
      message_log: ['select'],
      call_log: ['select'],
      do_not_call_list: ['select'],
      do_not_call_number: ['select'],
      reassigned_answer: ['select'],
      whatsapp_window: ['select'],
    },
    carriers: true,
    publicPaths: [],
    scaling: { by: 'backlog', queues: ['voice.fifo'] },
    // Calls that begin: the account at the carrier allows fewer.
    ratePerTask: 10,
    cpu: 256,
    memoryMiB: 512,
  },
  progress: {
    does: 'follows dialog events, starts the next drill of the programme when it is asked for or due, reminds, and carries what contacts and dialogs know of people from one to the other',
    entry: 'apps/progress/main.ts',
    consumes: { progress: 'dialog-events' },
    puts: ['dialog-commands'],
    receives: [],
    sends: [],
    relaysSlots: true,
    tables: {
      ...following,
      ...readingContent,
      drill_progress: ['select', 'insert', 'update', 'delete'],
      participant: ['select', 'insert', 'update'],
      phone: ['select'],
      message: ['select'],
      attempt: ['select'],
      drill_instance: ['select', 'insert', 'update'],
      drill_report: ['select', 'insert', 'update'],
      drill_wrong_answer: ['select', 'insert', 'update', 'delete'],
      dialog_state: ['select'],
      contact: ['select', 'update'],
      // Held while values of it are written: that takes the right to change it.
      contact_field: ['select', 'update'],
      contact_news: ['select', 'insert', 'update', 'delete'],
      contact_answer: ['select', 'insert', 'update'],
    },
    carriers: false,
    publicPaths: [],
    scaling: { by: 'iterator-age', streams: ['dialog-events'] },
    ratePerTask: 400,
    cpu: 256,
    memoryMiB: 512,
  },
  log: {
    does: 'keeps the message log in SQL: what was sent and received, and its latest status',
    entry: 'apps/log/main.ts',
    consumes: { log: 'message-log', 'log-inbound': 'dialog-commands' },
    puts: [],
    receives: [],
    sends: [],
    relaysSlots: false,
    tables: {
      ...consuming,
      ...tellingWebhooks,
      message_log: ['select', 'insert', 'update'],
      call_log: ['select', 'insert', 'update'],
      number_fault: ['select', 'insert', 'update'],
      message: ['select'],
      attempt: ['select'],
      campaign_delivery: ['select', 'insert', 'update'],
      campaign_delivery_count: ['select', 'insert', 'update'],
      campaign_opt_out: ['select', 'insert'],
      campaign_contact: ['select'],
    },
    carriers: false,
    publicPaths: [],
    scaling: { by: 'iterator-age', streams: ['message-log', 'dialog-commands'] },
    ratePerTask: 1_500,
    cpu: 512,
    memoryMiB: 1024,
  },
  api: {
    does: 'the HTTP API: everything that people and their programs do with the system',
    entry: 'apps/api/main.ts',
    consumes: {},
    // Of the others what was set aside and is redriven.
    puts: ['dialog-commands', 'dialog-events', 'message-log'],
    receives: [],
    // To the last only what was given up there and is to go again.
    sends: ['sms-replies.fifo', 'sms-bulk.fifo', 'voice.fifo'],
    settles: ['sms-replies.fifo', 'sms-bulk.fifo', 'voice.fifo'],
    relaysSlots: true,
    tables: {
      ...relaying,
      content_revision: ['select', 'update'],
      drill: ['select', 'insert', 'update', 'delete'],
      drill_version: ['select', 'insert'],
      programme: ['select', 'insert', 'update'],
      registration_code_use: ['select'],
      reply: ['select', 'update'],
      conversation: ['select', 'update'],
      conversation_note: ['select', 'insert'],
      conversation_answer: ['select', 'insert'],
      agent_rule: ['select', 'insert', 'update', 'delete'],
      agent_mode: ['select', 'insert', 'update'],
      agent_answer: ['select', 'update'],
      canned_reply: ['select', 'insert', 'update', 'delete'],
      webhook_endpoint: ['select', 'insert', 'update', 'delete'],
      webhook_secret: ['select', 'insert', 'update', 'delete'],
      webhook_delivery: ['select', 'insert', 'update', 'delete'],
      api_key: ['select', 'insert', 'update'],
      api_reply: ['select', 'insert', 'update', 'delete'],
      audit_entry: ['select', 'insert'],
      phone: ['select', 'insert', 'update'],
      message: ['select', 'insert', 'update'],
      attempt: ['select'],
      message_log: ['select'],
      inbound_watch: ['select'],
      quarantined_record: ['select', 'update'],
      event_position: ['select', 'insert', 'update'],
      consent_change: ['select', 'insert'],
      consent_standing: ['select', 'insert', 'update', 'delete'],
      consent_disclosure: ['select', 'insert'],
      consent_review: ['select', 'update'],
      suppression: ['select', 'insert', 'update', 'delete'],
      decision: ['select', 'insert'],
      decision_inputs: ['select', 'insert'],
      dialog_drill: ['select'],
      dialog_state: ['select'],
      dialog_event_batch: ['select'],
      drill_progress: ['select'],
      participant: ['select', 'insert'],
      drill_instance: ['select'],
      drill_report: ['select'],
      drill_wrong_answer: ['select'],
      do_not_call_list: ['select'],
      do_not_call_number: ['select'],
      reassigned_answer: ['select'],
      whatsapp_window: ['select'],
      erased_phone: ['select'],
      campaign: ['select', 'insert', 'update', 'delete'],
      campaign_contact: ['select', 'update'],
      campaign_count: ['select', 'insert', 'update'],
      campaign_step: ['select'],
      campaign_click: ['select'],
      short_link: ['select', 'insert', 'update'],
      test_message: ['select', 'insert'],
      campaign_guard: ['select'],
      throttle_group: ['select', 'insert', 'update', 'delete'],
      throttle_state: ['insert'],
      throttle_use: ['select'],
      campaign_throttle: ['select'],
      campaign_spend: ['select', 'insert', 'update'],
      campaign_variant_spend: ['select'],
      sender: ['select', 'insert', 'update', 'delete'],
      sender_pool: ['select', 'insert', 'update', 'delete'],
      sender_day: ['select'],
      sticky_sender: ['select'],
      call_log: ['select'],
      campaign_delivery: ['select'],
      campaign_delivery_count: ['select'],
      operating_watch: ['select'],
      operating_count: ['select'],
      campaign_drill_answer: ['select'],
      campaign_opt_out: ['select'],
      erasure_key: ['select'],
      contact_import: ['select', 'insert', 'update'],
      import_row: ['select', 'insert'],
      import_fault: ['select'],
      contact: ['select', 'insert', 'update', 'delete'],
      contact_field: ['select', 'insert', 'update', 'delete'],
      contact_news: ['insert'],
      contact_answer: ['select'],
      contact_list: ['select', 'insert', 'update', 'delete'],
      list_member: ['select', 'insert', 'delete'],
    },
    carriers: false,
    webhooks: true,
    publicPaths: ['/', '/console', '/console/*', '/v1/*', '/v1/sign-in'],
    pathSlot: 2,
    signInPath: '/v1/sign-in',
    scaling: { by: 'requests' },
    ratePerTask: 25,
    cpu: 512,
    memoryMiB: 1024,
  },
  campaigns: {
    does: 'leads campaigns from their start to their end: slots, audience, pace, what became of each contact',
    entry: 'apps/campaigns/main.ts',
    consumes: {},
    puts: ['dialog-commands'],
    receives: [],
    sends: ['sms-bulk.fifo', 'voice.fifo'],
    relaysSlots: true,
    tables: {
      ...relaying,
      ...tellingWebhooks,
      campaign: ['select', 'update'],
      campaign_pool: ['select', 'update'],
      campaign_contact: ['select', 'insert', 'update'],
      campaign_count: ['select', 'insert', 'update'],
      campaign_step: ['select', 'insert', 'delete'],
      short_link: ['select', 'insert', 'update'],
      campaign_guard: ['select', 'insert', 'update'],
      throttle_group: ['select'],
      throttle_state: ['select', 'update'],
      throttle_use: ['select', 'insert', 'update', 'delete'],
      campaign_throttle: ['select', 'insert', 'update', 'delete'],
      campaign_spend: ['select', 'insert', 'update'],
      campaign_variant_spend: ['select', 'insert', 'update'],
      campaign_call: ['select', 'insert', 'update'],
      breaker_watch: ['select', 'update'],
      operating_watch: ['select', 'update'],
      operating_count: ['select', 'insert', 'update'],
      reply: ['select'],
      sender: ['select', 'update'],
      sender_pool: ['select'],
      sender_day: ['select'],
      sticky_sender: ['select', 'insert', 'update'],
      message_log: ['select'],
      campaign_delivery: ['select', 'update'],
      campaign_drill_answer: ['select', 'delete'],
      contact: ['select', 'insert', 'update'],
      contact_news: ['insert'],
      contact_field: ['select'],
      contact_list: ['select', 'update'],
      list_member: ['select', 'insert'],
      contact_import: ['select', 'update'],
      import_row: ['select', 'delete'],
      import_contact: ['select', 'insert', 'delete'],
      import_beside: ['select', 'insert', 'update', 'delete'],
      import_fault: ['select', 'insert', 'delete'],
      erased_phone: ['select'],
      phone: ['select', 'insert', 'update'],
      message: ['select', 'insert', 'update'],
      attempt: ['select'],
      consent_change: ['select', 'insert'],
      consent_standing: ['select', 'insert', 'update'],
      consent_disclosure: ['select', 'insert'],
      suppression: ['select', 'insert', 'update', 'delete'],
      decision: ['select', 'insert'],
      decision_inputs: ['select', 'insert'],
      dialog_state: ['select'],
      do_not_call_list: ['select'],
      do_not_call_number: ['select'],
      reassigned_answer: ['select'],
      whatsapp_window: ['select'],
      erasure_key: ['select'],
    },
    carriers: false,
    publicPaths: [],
    scaling: { by: 'processor' },
    ratePerTask: 300,
    cpu: 256,
    memoryMiB: 512,
  },
  inbox: {
    does: 'keeps what people text: whose it is, which campaign it answers, which conversations want a person; and has the agent answer where it is on',
    entry: 'apps/inbox/main.ts',
    consumes: { inbox: 'dialog-commands', 'inbox-dialog': 'dialog-events' },
    puts: [],
    receives: [],
    sends: ['sms-replies.fifo'],
    relaysSlots: true,
    tables: {
      ...following,
      reply: ['select', 'insert', 'update'],
      reply_verdict: ['select', 'insert', 'delete'],
      conversation: ['select', 'insert', 'update'],
      conversation_answer: ['select', 'insert', 'update'],
      contact: ['select', 'update'],
      campaign_contact: ['select', 'update'],
      campaign_count: ['select', 'insert', 'update'],
      message: ['select', 'insert'],
      phone: ['select', 'insert', 'update'],
      campaign: ['select'],
      attempt: ['select'],
      message_log: ['select'],
      suppression: ['select'],
      consent_standing: ['select'],
      do_not_call_list: ['select'],
      do_not_call_number: ['select'],
      reassigned_answer: ['select'],
      whatsapp_window: ['select'],
      agent_rule: ['select'],
      agent_mode: ['select'],
      agent_answer: ['select', 'insert', 'update'],
    },
    agent: true,
    carriers: false,
    publicPaths: [],
    scaling: { by: 'iterator-age', streams: ['dialog-commands', 'dialog-events'] },
    // Records of both streams: those that are no texts cost it next to nothing.
    ratePerTask: 600,
    cpu: 256,
    memoryMiB: 512,
  },
} as const satisfies Record<string, ServiceRow>;
export type ServiceName = keyof typeof services;

/** Every (service, consumer, stream), in the order of the map. */
export const streamConsumers: readonly { service: ServiceName; consumer: string; stream: StreamName }[] =
  Object.entries(services).flatMap(([service, row]) =>
    Object.entries<StreamName>(row.consumes).map(([consumer, stream]) => ({
      service: service as ServiceName,
      consumer,
      stream,
    })),
  );

/** Of what a shard gives to those who poll it, the part of the one that somebody waits for; the others share the rest. */
const PROMPT_SHARE = 0.6;

/** Which part of what a shard gives to those who poll it is this consumer's. All of a stream's add up to 1. */
export function readShareOf(stream: StreamName, consumer: string): number {
  const { prompt }: StreamRow = streams[stream];
  const consumers = streamConsumers.filter((row) => row.stream === stream).length;
  if (prompt === undefined || consumers === 1) return 1 / consumers;
  return consumer === prompt ? PROMPT_SHARE : (1 - PROMPT_SHARE) / (consumers - 1);
}
