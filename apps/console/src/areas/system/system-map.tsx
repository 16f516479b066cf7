import '@xyflow/react/dist/style.css';
import { Skeleton, Text, Tooltip } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import {
  Background,
  type Edge,
  Handle,
  MarkerType,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  type ReactFlowInstance,
} from '@xyflow/react';
import { useEffect, useMemo, useState } from 'react';
import type { System } from '#shared/api-client/api-types.ts';
import { one } from '../../api/queries.ts';
import { span } from '../../parts/time.ts';
import { TonedText } from '../../parts/toned-text.tsx';
import { useLanguage, useTexts } from '../../texts/language.tsx';
import { queueWords, serviceWords, streamWords } from '../../words/topology.ts';
import { useWord } from '../../words/use-word.ts';
import { linesOf, type MapPart, type PartSays, partsOf, placesOf, sizes } from './map.ts';
import classes from './system-map.module.css';
import { systemTexts } from './texts.ts';

type PartNode = Node<{ part: MapPart }, 'part'>;

/** All of it where there is room; on a phone no smaller than can be read, to be moved with a finger. */
const FIT = { padding: 0.02, minZoom: 0.5 };

/** The topology as a picture with how it stands. Nobody needs it: the tables beside it say the same. */
export function SystemMap({ system }: { system: System | undefined }) {
  const say = useTexts(systemTexts);
  const language = useLanguage();
  const [map, setMap] = useState<ReactFlowInstance<PartNode, Edge> | null>(null);
  const { ref, width } = useElementSize();
  useEffect(() => {
    if (width > 0) void map?.fitView(FIT);
  }, [map, width]);
  const { data: topology } = useQuery({ ...one('/v1/topology', {}), staleTime: Number.POSITIVE_INFINITY });
  const placed = useMemo(() => (topology === undefined ? null : placesOf(topology)), [topology]);
  const nodes = useMemo<PartNode[]>(
    () =>
      topology === undefined || placed === null
        ? []
        : partsOf(topology, system, placed.places).map((part) => ({
            id: part.id,
            type: 'part',
            position: { x: part.x, y: part.y },
            data: { part },
            ...sizes[part.kind],
          })),
    [placed, system, topology],
  );
  const edges = useMemo<Edge[]>(
    () =>
      topology === undefined || placed === null
        ? []
        : linesOf(placed.lines, topology, system).map(({ from, id, to, waiting }) => ({
            id,
            source: from,
            target: to,
            markerEnd: { type: MarkerType.ArrowClosed, width: 14, height: 14 },
            animated: waiting > 0,
            ...(waiting > 0 ? { label: waiting.toLocaleString(language), className: classes.busy } : {}),
          })),
    [language, placed, system, topology],
  );
  if (placed === null) return <Skeleton height={440} aria-busy />;
  return (
    <>
      <Text size="sm" c="dimmed">
        {say('mapHint')}
      </Text>
      <div ref={ref} className={classes.map} role="img" aria-label={say('mapLabel')}>
        <ReactFlow
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          onInit={setMap}
          fitView
          fitViewOptions={FIT}
          minZoom={0.2}
          maxZoom={1.5}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          disableKeyboardA11y
          preventScrolling={false}
          zoomOnScroll={false}
          proOptions={{ hideAttribution: true }}
        >
          <Background gap={24} color="var(--c-line)" />
        </ReactFlow>
      </div>
    </>
  );
}

const nodeTypes = { part: PartBox };

function PartBox({ data: { part } }: NodeProps<PartNode>) {
  const { hint, says } = useName(part);
  return (
    <Tooltip label={hint} disabled={hint === undefined}>
      <div className={classes.part} data-kind={part.kind} data-tone={part.tone}>
        <Handle type="target" position={Position.Left} className={classes.handle} isConnectable={false} />
        <div className={classes.name}>{says}</div>
        <PartState says={part.says} tone={part.tone} />
        <Handle type="source" position={Position.Right} className={classes.handle} isConnectable={false} />
      </div>
    </Tooltip>
  );
}

function useName({ kind, name }: MapPart): { says: string; hint: string | undefined } {
  const say = useTexts(systemTexts);
  const service = useWord(serviceWords);
  const stream = useWord(streamWords);
  const queue = useWord(queueWords);
  if (kind === 'service') return service(name);
  if (kind === 'stream') return stream(name);
  if (kind === 'queue') return queue(name);
  return { says: say(name === 'carriers-in' ? 'carriersIn' : 'carriersOut'), hint: undefined };
}

function PartState({ says, tone }: { says: PartSays; tone: MapPart['tone'] }) {
  const say = useTexts(systemTexts);
  const language = useLanguage();
  const text = ((): string | null => {
    switch (says.kind) {
      case 'runs':
        return say('runs');
      case 'nobody':
        return say('nobody');
      case 'deadLetters':
        return say('lettersCount', { count: says.count });
      case 'silent':
        return say('silent', { span: span(says.ms, language) });
      case 'reads':
        return say('reads', { span: span(says.ms, language) });
      case 'waits':
        return say('waits', { count: says.count });
      case 'nothing':
        return null;
    }
  })();
  return text === null ? null : (
    <div className={classes.state}>
      <TonedText tone={tone}>{text}</TonedText>
    </div>
  );
}
