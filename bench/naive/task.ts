import type { PostgresConfig } from '#shared/postgres/pool.ts';

/** The processes of which the naive composition consists. */
export const roleNames = ['gateway', 'dialog', 'outbound', 'sender', 'log'] as const;
export type RoleName = (typeof roleNames)[number];

/** What one process of the naive composition is told: as JSON in the variable BENCH_NAIVE. */
export interface NaiveTask {
  role: RoleName;
  postgres: PostgresConfig & { password: string };
  kinesisEndpoint: string;
  sqsEndpoint: string;
  /** Names of its streams; each has one shard and one reader. */
  streams: { commands: string; events: string; log: string };
  queueUrl: string;
  carrierUrl: string;
  /** Where the carrier posts to: the gateway. */
  publicUrl: string;
  port: number;
  ourNumber: string;
  accountSid: string;
  authToken: string;
}

/** What a process does once it has begun; ends it, with what it has in hand done. */
export type Stop = () => Promise<void>;

export const PATHS = { inbound: '/texts', status: '/statuses' };

/** What it keeps beside the states of dialogs, their events and the ids of commands that are done, which are the product's tables. */
export const NAIVE_TABLES = `
CREATE TABLE naive_checkpoint (
  shard           text PRIMARY KEY,
  sequence_number text NOT NULL
);
CREATE TABLE naive_message (
  message_id   uuid PRIMARY KEY,
  phone_number text NOT NULL,
  body         text NOT NULL
);
CREATE TABLE naive_log (
  carrier_message_id text PRIMARY KEY,
  phone_number       text        NOT NULL,
  status             text        NOT NULL,
  changed_at         timestamptz NOT NULL DEFAULT clock_timestamp()
)`;
