import { Drawer, Group, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTexts } from '../texts/language.tsx';
import classes from './side-drawer.module.css';
import { partTexts } from './texts.ts';

/**
 * Details at the right, over the list that they belong to. It is a route of its own, below the list's: drawn while its
 * address is there, and `close` leads to the list's address.
 */
export function SideDrawer({
  title,
  state,
  actions,
  close,
  size = 560,
  children,
}: {
  title: string;
  state?: ReactNode;
  actions?: ReactNode;
  close: () => void;
  /** In pixels; on a narrow screen it is the whole width. */
  size?: number;
  children: ReactNode;
}) {
  const say = useTexts(partTexts);
  return (
    <Drawer.Root
      opened
      onClose={close}
      position="right"
      size={size}
      classNames={{ content: classes.content }}
    >
      <Drawer.Overlay backgroundOpacity={0.25} />
      <Drawer.Content aria-label={title}>
        {/* A header of the page to screen readers otherwise, beside the page's own. */}
        <Drawer.Header className={classes.header} role="presentation">
          <Stack gap={4} miw={0}>
            <Title order={2} className={classes.title}>
              {title}
            </Title>
            {state && (
              <Text size="sm" c="dimmed" component="div">
                {state}
              </Text>
            )}
          </Stack>
          <Drawer.CloseButton aria-label={say('close')} />
        </Drawer.Header>
        <Drawer.Body className={classes.body}>{children}</Drawer.Body>
        {actions && (
          <Group className={classes.actions} gap="xs">
            {actions}
          </Group>
        )}
      </Drawer.Content>
    </Drawer.Root>
  );
}
