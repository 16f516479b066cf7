import { Paper, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './stat.module.css';

/** One number with what it is and what it is of. `to`: where its rows are (a router link around it). */
export function Stat({
  label,
  value,
  note,
  tone,
}: {
  label: string;
  value: ReactNode;
  note?: ReactNode;
  tone?: 'held' | 'bad' | undefined;
}) {
  return (
    <Paper withBorder className={classes.stat} data-tone={tone}>
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <div className={classes.value}>{value}</div>
      {note !== undefined && (
        <Text size="xs" c="dimmed" component="div">
          {note}
        </Text>
      )}
    </Paper>
  );
}

/** Numbers side by side, as many as fit. */
export const Stats = ({ children }: { children: ReactNode }) => (
  <div className={classes.stats}>{children}</div>
);
