import { graphlib, layout } from '@dagrejs/dagre';
import type { System, Topology } from '#shared/api-client/api-types.ts';
import type { Tone } from '../../theme/tokens.ts';

/** The system as a picture: parts with how they stand, and what goes from which to which, from the left to the right. */
export interface MapPart {
  id: string;
  kind: 'service' | 'stream' | 'queue' | 'carriers';
  name: string;
  tone: Tone;
  /** What is to be said of it, worst first. */
  says: PartSays;
  x: number;
  y: number;
}

export type PartSays =
  | { kind: 'runs' }
  | { kind: 'deadLetters'; count: number }
  | { kind: 'nobody' }
  | { kind: 'silent'; ms: number }
  | { kind: 'reads'; ms: number }
  | { kind: 'waits'; count: number }
  | { kind: 'nothing' };

export interface MapLine {
  id: string;
  from: string;
  to: string;
  /** What waits on the way; 0: nothing, or it is not known. */
  waiting: number;
}

/** Sizes of parts on the map, in its own pixels. */
export const sizes = {
  service: { width: 158, height: 60 },
  stream: { width: 126, height: 44 },
  queue: { width: 126, height: 44 },
  carriers: { width: 118, height: 44 },
} as const;

/** A reader that has not renewed its hold for so long is in trouble: leases last less. In ms. */
export const SILENT_MS = 30_000;

/** Where everything stands does not change while nothing is added: computed once for a topology. */
export function placesOf(topology: Topology): {
  places: Map<string, { x: number; y: number }>;
  lines: MapLine[];
} {
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 26, ranksep: 34, edgesep: 10 });
  graph.setDefaultEdgeLabel(() => ({}));
  const lines: MapLine[] = [];
  const line = (from: string, to: string): void => {
    lines.push({ id: `${from} ${to}`, from, to, waiting: 0 });
    graph.setEdge(from, to);
  };
  const part = (id: string, kind: MapPart['kind']): void => void graph.setNode(id, { ...sizes[kind] });
  for (const id of ['carriers-in', 'carriers-out']) part(id, 'carriers');
  for (const { name } of topology.streams) part(name, 'stream');
  for (const { name } of topology.queues) part(name, 'queue');
  for (const { name } of topology.services) part(name, 'service');
  for (const service of topology.services) {
    const { name } = service;
    if (service.isPublic && service.speaksToCarriers) line('carriers-in', name);
    for (const stream of service.puts) line(name, stream);
    // What it puts back into a queue that it takes from is no way onwards.
    for (const queue of service.sends) if (!service.receives.includes(queue)) line(name, queue);
    for (const { stream } of service.consumes)
      if (!lines.some(({ id }) => id === `${stream} ${name}`)) line(stream, name);
    for (const queue of service.receives) line(queue, name);
    if (service.receives.length > 0 && service.speaksToCarriers) line(name, 'carriers-out');
  }
  layout(graph);
  const places = new Map(
    graph.nodes().map((id) => {
      // Dagre gives the middle of a part, and the map wants its corner.
      const { height = 0, width = 0, x = 0, y = 0 } = graph.node(id) as Partial<Record<string, number>>;
      return [id, { x: x - width / 2, y: y - height / 2 }] as const;
    }),
  );
  return { places, lines };
}

/** How the parts stand now. */
export function partsOf(
  topology: Topology,
  system: System | undefined,
  places: ReadonlyMap<string, { x: number; y: number }>,
): MapPart[] {
  const at = (id: string): { x: number; y: number } => places.get(id) ?? { x: 0, y: 0 };
  const quiet = (id: string, kind: MapPart['kind'], says: PartSays = { kind: 'nothing' }): MapPart => ({
    id,
    kind,
    name: id,
    tone: 'quiet',
    says,
    ...at(id),
  });
  return [
    quiet('carriers-in', 'carriers'),
    quiet('carriers-out', 'carriers'),
    ...topology.streams.map(({ name }) => quiet(name, 'stream')),
    ...topology.queues.map(({ name }) => quiet(name, 'queue')),
    ...topology.services.map((service): MapPart => {
      const says = system === undefined ? ({ kind: 'nothing' } as const) : saysOf(service, system);
      return { ...quiet(service.name, 'service', says), tone: toneOf(says) };
    }),
  ];
}

const toneOf = ({ kind }: PartSays): Tone =>
  kind === 'deadLetters' || kind === 'nobody'
    ? 'bad'
    : kind === 'silent'
      ? 'held'
      : kind === 'nothing'
        ? 'quiet'
        : 'good';

type Service = Topology['services'][number];

function saysOf({ consumes, name }: Service, { consumers, outbox, quarantine }: System): PartSays {
  const isOwn = (consumer: string): boolean => consumes.some((each) => each.consumer === consumer);
  const dead = quarantine
    .filter(({ consumer }) => isOwn(consumer))
    .reduce((sum, { parked, quarantined }) => sum + quarantined + parked, 0);
  if (dead > 0) return { kind: 'deadLetters', count: dead };
  const reads = consumers.filter(({ consumer, isFinished }) => isOwn(consumer) && !isFinished);
  if (reads.some(({ owner }) => owner === null)) return { kind: 'nobody' };
  const silence = Math.max(0, ...reads.map(({ renewedMsAgo }) => renewedMsAgo));
  if (silence > SILENT_MS) return { kind: 'silent', ms: silence };
  const waiting = waitingFrom(outbox, name);
  if (waiting > 0) return { kind: 'waits', count: waiting };
  return reads.length > 0 ? { kind: 'reads', ms: silence } : { kind: 'runs' };
}

const waitingFrom = (outbox: System['outbox'], name: string): number =>
  outbox.filter(({ producer }) => producer === name).reduce((sum, { rows }) => sum + rows, 0);

/** Lines with what waits on them: what a part has not sent yet, and texts that have not gone. */
export const linesOf = (
  lines: readonly MapLine[],
  topology: Topology,
  system: System | undefined,
): MapLine[] =>
  lines.map((line) => {
    if (system === undefined) return line;
    const sends = topology.services.find(({ name }) => name === line.from);
    if (sends !== undefined) return { ...line, waiting: waitingFrom(system.outbox, line.from) };
    // Turns of texts: what is queued goes to whoever takes from both queues of texts.
    const isText = line.from.startsWith('sms-bulk');
    return { ...line, waiting: isText ? system.messages.queued : 0 };
  });
