import { Group, Paper, Text } from '@mantine/core';
import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import classes from './stat.module.css';

/** One number with what it is and what it is of. `to`: where its rows are, and with which filters. */
export function Stat({
  label,
  value,
  note,
  action,
  tone,
  to,
  params,
  search,
}: {
  label: string;
  value: ReactNode;
  note?: ReactNode;
  /** What is done about it, beside its name. */
  action?: ReactNode;
  tone?: 'held' | 'bad' | undefined;
  to?: LinkProps['to'];
  params?: LinkProps['params'];
  search?: LinkProps['search'];
}) {
  return (
    <Paper withBorder className={classes.stat} data-tone={tone} data-leads={to !== undefined || undefined}>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Text size="sm" c="dimmed">
          {to === undefined ? (
            label
          ) : (
            <Link to={to} params={params ?? {}} search={search ?? {}} className={classes.link}>
              {label}
            </Link>
          )}
        </Text>
        {action}
      </Group>
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
export const Stats = ({ children, close = false }: { children: ReactNode; close?: boolean }) => (
  <div className={classes.stats} data-close={close || undefined}>
    {children}
  </div>
);
