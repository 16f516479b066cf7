import { Box, Group, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import classes from './page.module.css';

/** The head of a screen: what it is, one sentence of how it stands, and the one thing to do here. */
export function Page({
  title,
  state,
  action,
  tabs,
  children,
  wide = true,
}: {
  title: string;
  /** One sentence. */
  state?: ReactNode;
  /** The primary action, and those beside it. */
  action?: ReactNode;
  tabs?: ReactNode;
  children: ReactNode;
  /** Whether the content may use the whole width: tables do, texts do not. */
  wide?: boolean;
}) {
  useEffect(() => {
    document.title = `${title} · Carillon`;
  }, [title]);
  return (
    <Stack gap="md" className={classes.page}>
      <Group component="header" justify="space-between" align="flex-start" gap="sm" wrap="wrap">
        <Box className={classes.titles}>
          <Title order={1}>{title}</Title>
          {state !== undefined && (
            <Text size="sm" c="dimmed" component="div">
              {state}
            </Text>
          )}
        </Box>
        {action && <Group gap="xs">{action}</Group>}
      </Group>
      {tabs}
      <Box className={wide ? undefined : classes.narrow}>{children}</Box>
    </Stack>
  );
}

/** A part of a screen under a heading of its own. */
export function Section({
  title,
  aside,
  children,
}: {
  title: string;
  aside?: ReactNode;
  children: ReactNode;
}) {
  return (
    <Stack component="section" gap="xs">
      <Group justify="space-between" align="baseline" gap="sm">
        <Title order={2}>{title}</Title>
        {aside}
      </Group>
      {children}
    </Stack>
  );
}
