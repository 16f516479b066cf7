import { Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './empty-state.module.css';

/** Where there is nothing yet: what the place is for, in one sentence, and the next step. */
export function EmptyState({
  icon,
  title,
  hint,
  action,
}: {
  icon?: ReactNode;
  title: string;
  hint: ReactNode;
  action?: ReactNode;
}) {
  return (
    <Stack align="center" gap="xs" className={classes.empty}>
      {icon && (
        <span aria-hidden className={classes.icon}>
          {icon}
        </span>
      )}
      <Title order={2}>{title}</Title>
      <Text c="dimmed" maw={460} ta="center">
        {hint}
      </Text>
      {action}
    </Stack>
  );
}
