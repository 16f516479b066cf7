import { Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';

/** What a tip says, beside the element that it is about. */
export function TipBox({
  at,
  id,
  label,
  position,
}: {
  at: HTMLElement;
  id: string;
  label: ReactNode;
  position: 'top' | 'right';
}) {
  // The box has an id of its own, which nobody outside knows.
  return <Tooltip opened target={at} label={<span id={id}>{label}</span>} position={position} />;
}
