import { type StreamName, type StreamRow, streams } from '#shared/topology.ts';
import { byName } from '../by-name.ts';
import type { InfraSettings } from '../config/schema.ts';

/** Shards of every stream: the topology's, unless the stack says otherwise. */
export const shardsOf = (settings: Pick<InfraSettings, 'streams'>): Readonly<Record<StreamName, number>> =>
  byName<StreamName, StreamRow, number>(streams, (name, row) => settings.streams.shards[name] ?? row.shards);
